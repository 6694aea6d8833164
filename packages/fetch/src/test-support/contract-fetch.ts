import { type ContractApp, statusOf } from '@coatcheck/adapter-contract/app';
import { taken } from '@coatcheck/core/adapter';
import { open, type RequestFacts, type Session, withSession } from '../index.ts';

/** What a runtime tells the contract's app beside the request. */
export interface Surroundings {
  readonly ip?: string | undefined;
  /** Has workerd go on with a handler whose client has gone. */
  readonly waitUntil?: ((promise: Promise<unknown>) => void) | undefined;
  /** Makes the response to a WebSocket upgrade. */
  readonly upgrade?: ((request: Request) => Response) | undefined;
}

export type ContractFetch = (request: Request, surroundings: Surroundings) => Promise<Response>;
type Carried = Readonly<Record<string, Session<{ count: number }>>>;

/** Makes the contract's app with `withSession`, for any runtime that speaks Fetch. */
export function contractFetch(app: ContractApp): ContractFetch {
  const fetch = mounted(app, app.mounts, {});
  return (request, surroundings) => respondSafely(() => fetch(request, surroundings));
}

/** Makes it with `open` and `finish`. */
export function contractFetchInTwoSteps(app: ContractApp): ContractFetch {
  return (request, surroundings) =>
    respondSafely(async () => {
      const facts = await factsOf(app, request, surroundings);
      const mounts = app.mounts.filter((mount, index, all) => all.indexOf(mount) === index);
      const names = mounts.map(({ options: { as = 'session' } }) => as);
      const clash = names.find((name, index) => names.indexOf(name) !== index);
      if (clash !== undefined) throw taken(clash);
      const visits = mounts.map(
        ({ sessions, options: { as = 'session', lazy, serveCrossSite, passive = false } }) => {
          return { as, lazy, serveCrossSite, visit: open(sessions, request, { ...facts, passive }) };
        },
      );
      for (const { lazy, serveCrossSite, visit } of visits) {
        if (!serveCrossSite) visit.refuseCrossSite();
        if (!lazy) await visit.session.load();
      }
      const carried = Object.fromEntries(visits.map(({ as, visit }) => [as, visit.session]));
      const response = await respondSafely(() => route(app, request, carried, surroundings));
      return visits.reduce((finished, { visit }) => visit.finish(finished), response);
    });
}

function mounted(
  app: ContractApp,
  [mount, ...others]: ContractApp['mounts'],
  carried: Carried,
): ContractFetch {
  // Errors get their response in here, so that the responses to them bring the token.
  if (mount === undefined) {
    return (request, surroundings) => respondSafely(() => route(app, request, carried, surroundings));
  }
  const { as = 'session', ...options } = mount.options;
  return withSession(
    mount.sessions,
    (request, session, surroundings: Surroundings) => {
      const present = carried[as];
      if (present !== undefined && present !== session) throw taken(as);
      return mounted(app, others, { ...carried, [as]: session })(request, surroundings);
    },
    { ...options, facts: (request, surroundings) => factsOf(app, request, surroundings) },
  );
}

async function factsOf(
  { trustProxy }: ContractApp,
  request: Request,
  { ip }: Surroundings,
): Promise<RequestFacts> {
  const forwarded = (name: string) => (trustProxy && request.headers.get(`x-forwarded-${name}`)) || undefined;
  return {
    ip: forwarded('for')?.split(',').at(-1)?.trim() ?? ip,
    host: forwarded('host'),
    form: await request
      .clone()
      .formData()
      .catch(() => undefined),
  };
}

async function respondSafely(respond: () => Promise<Response>): Promise<Response> {
  try {
    return await respond();
  } catch (error) {
    return new Response('failed', { status: statusOf(error) });
  }
}

async function route(
  app: ContractApp,
  request: Request,
  carried: Carried,
  { waitUntil, upgrade }: Surroundings,
): Promise<Response> {
  const [, way, target, late = ''] = request.url.replace(/^\w+:\/\/[^/]*/, '').split(/[/?]/);
  if (!target?.includes('.')) return new Response('not found', { status: 404 });
  const told = await app.perform(target, carried);
  switch (way) {
    case 'text':
      return new Response(told);
    case 'redirect':
      return Response.redirect(new URL('/text/kit.nothing', request.url), 303);
    case 'empty':
      return new Response(null, { status: 204 });
    case 'unchanged':
      return new Response(null, { status: 304 });
    case 'headers': {
      const response = new Response(told);
      response.headers.delete('content-type');
      for (const [name, value] of app.ownHeaders.pairs) response.headers.append(name, value);
      return response;
    }
    case 'raw-object': {
      const { 'set-cookie': cookies = [], ...others } = app.ownHeaders.object;
      const headers = new Headers(Object.entries(others).map(([name, value]) => [name, String(value)]));
      for (const cookie of [cookies].flat()) headers.append('set-cookie', cookie);
      return new Response(told, { headers });
    }
    case 'raw-array':
      return new Response(told, { headers: app.ownHeaders.pairs });
    case 'elsewhere':
      return app.fromElsewhere();
    case 'throw':
      throw new Error('Thrown after the write');
    case 'stream': {
      const later = app.performLate(late, carried);
      waitUntil?.(later);
      return new Response(streamOf(later));
    }
    case 'upgrade':
      return upgrade?.(request) ?? new Response('no upgrade', { status: 426 });
    default:
      return new Response('not found', { status: 404 });
  }
}

function streamOf(later: Promise<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async start(controller) {
      controller.enqueue(encoder.encode('started\n'));
      controller.enqueue(encoder.encode(await later));
      controller.close();
    },
  });
}
