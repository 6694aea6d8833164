import { type ContractApp, statusOf } from '@coatcheck/adapter-contract/app';
import { type Context, type ExecutionContext, Hono } from 'hono';
import { stream } from 'hono/streaming';
import { session } from '../index.ts';

/**
 * Creates the contract's app on Hono, for any runtime that uses Fetch.
 *
 * `addressOf` returns the address of the connection. Hono has no setting for proxies, so the headers of a trusted proxy are applied here, as an app would do.
 */
export function contractFetch(
  app: ContractApp,
  addressOf: (c: Context) => string | undefined,
): (request: Request, env?: object, execution?: ExecutionContext) => Response | Promise<Response> {
  const ip = app.trustProxy
    ? (c: Context) => c.req.header('x-forwarded-for')?.split(',').at(-1)?.trim()
    : addressOf;
  const server = new Hono<{ Bindings: { readonly keepsRunning?: boolean } }>();
  server.use(async (c, next) => {
    await c.req.parseBody();
    await next();
  });
  for (const { sessions, options } of app.mounts) server.use(session(sessions, { ...options, ip }));

  const route = (path: string, respond: (c: Context, text: string) => Response | Promise<Response>) => {
    server.all(`${path}/:target`, async (c) => respond(c, await app.perform(c.req.param('target'), c.var)));
  };
  route('/text', (c, text) => c.text(text));
  route('/redirect', (c) => c.redirect('/text/kit.nothing', 303));
  route('/empty', (c) => c.body(null, 204));
  route('/unchanged', (c) => c.body(null, 304));
  route('/headers', (c, text) => {
    for (const [name, value] of app.ownHeaders.pairs) c.header(name, value, { append: true });
    return c.body(text);
  });
  route('/raw-object', (c, text) => c.body(text, 200, app.ownHeaders.object));
  route('/raw-array', (_c, text) => new Response(text, { headers: app.ownHeaders.pairs }));
  route('/elsewhere', () => app.fromElsewhere());
  route('/throw', () => {
    throw new Error('Thrown after the write');
  });
  server.all('/stream/:target/:late', async (c) => {
    const { target, late } = c.req.param();
    await app.perform(target, c.var);
    const result = app.performLate(late, c.var);
    // workerd cancels a handler whose client has disconnected, unless it calls waitUntil.
    if (c.env.keepsRunning) c.executionCtx.waitUntil(result);
    return stream(c, async (body) => {
      await body.write('started\n');
      await body.write(await result);
    });
  });
  server.onError((error) => new Response('failed', { status: statusOf(error) }));
  return (request, env, execution) =>
    server.fetch(app.trustProxy ? forwarded(request) : request, env, execution);
}

/** Returns a request with the host that a trusted proxy reports. */
function forwarded(request: Request): Request {
  const host = request.headers.get('x-forwarded-host');
  if (host === null) return request;
  const url = new URL(request.url);
  url.port = '';
  url.host = host;
  return new Request(url, request);
}
