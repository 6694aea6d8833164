import { serve } from '@hono/node-server';
import { type Context, type Env, Hono, type MiddlewareHandler } from 'hono';
import { lookUp, ROUTES, type SessionUse, type Side, USER_HEADER } from '../side.ts';

/** Builds the shop on Hono. */
export function honoSide<E extends Env>(
  use: SessionUse<Context<E>>,
  ...middleware: readonly MiddlewareHandler<E>[]
): Side {
  const app = new Hono<E>();
  for (const each of middleware) app.use(each);
  app.get(ROUTES.read.path, (c) => respond(c, use.read(c)));
  app.post(ROUTES.write.path, (c) => respond(c, use.write(c)));
  app.post(ROUTES.slowWrite.path, (c) =>
    respond(
      c,
      lookUp().then(() => use.write(c)),
    ),
  );
  app.post(ROUTES.signIn.path, (c) => respond(c, use.signIn(c, c.req.header(USER_HEADER) ?? '')));
  app.post(ROUTES.signOut.path, (c) => respond(c, use.signOut(c)));
  return {
    handler: { kind: 'fetch', fetch: (request) => app.fetch(request) },
    listen: () =>
      new Promise((resolve) => {
        serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => resolve(port));
      }),
  };
}

function respond<E extends Env>(
  c: Context<E>,
  visits: number | Promise<number>,
): Response | Promise<Response> {
  return typeof visits === 'number'
    ? c.text(String(visits))
    : visits.then((number) => c.text(String(number)));
}
