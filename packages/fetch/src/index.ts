import { type Session, SessionError, type Sessions, type Visit } from '@coatcheck/core';
import {
  type AdapterOptions,
  checkFunction,
  directResponse,
  type FetchRequest,
  type FetchRequestFacts,
  FetchRequestView,
  findFetchVisit,
  mountSessions,
  openFetchVisit,
} from '@coatcheck/core/adapter';

export type {
  DeepReadonly,
  Duration,
  Ended,
  Json,
  Session,
  SessionErrorCode,
  SessionEvent,
  SessionStore,
  SessionSummary,
  Sessions,
  SessionsOptions,
  SessionView,
} from '@coatcheck/core';
export { bearer, cookie, createSessions, form, header, memoryStore, query } from '@coatcheck/core';
export { ipAddress, userAgent } from '@coatcheck/core/client-checks';
export { type FetchRequest, SessionError };

/** Adds what a `Request` does not contain. Each fact is read only when it is needed, so a getter costs nothing until then. */
export interface RequestFacts extends FetchRequestFacts {
  /** Keeps the request alive until a sweep or an asynchronous `onEvent` has finished, where the runtime stops it after its response: `(promise) => ctx.waitUntil(promise)`. Default: none. */
  readonly waitUntil?: ((promise: Promise<unknown>) => void) | undefined;
}

/** Options of {@link withSession}. `Rest` is what the runtime passes after the request, such as Bun's server. */
export interface SessionOptions<Rest extends readonly unknown[] = readonly unknown[]>
  extends Omit<AdapterOptions<Request>, 'as'> {
  /** Returns what the request does not contain. Default: nothing. */
  readonly facts?: (request: Request, ...rest: Rest) => RequestFacts | Promise<RequestFacts>;
}

/** Represents one request's use of a session, until `finish` is called with its response. */
export interface OpenVisit<Data> {
  /** The session. Await `load()` or a write before you read it. */
  readonly session: Session<Data>;
  /**
   * Throws for a write that a page of another site sent. Call it before the handler, and respond with 403. Without it, such a request has no session, and its
   * writes reject. No I/O.
   *
   * @throws `ERR_CROSS_SITE`
   */
  refuseCrossSite(): void;
  /**
   * Responds to a request that the browser sent by itself to bind the session to its device. Undefined for any other request, and without the option `deviceBinding`. Call it
   * before the handler, and return its response as it is.
   */
  respond(): Promise<Response> | undefined;
  /**
   * Returns a copy of the response with the session's headers, or the response itself if there are none. The response to a WebSocket upgrade (101) cannot be
   * copied, so the headers are set on it. Afterwards no token can be sent: a first write rejects with `ERR_RESPONSE_SEALED`.
   *
   * @throws {SessionError} `ERR_RESPONSE_SEALED` for a second call, because that response would lack the token.
   */
  finish(response: Response): Response;
}

/**
 * Returns a Fetch handler that loads the session unless `lazy` is set, passes it to `handler`, and sends its token with the response. A write from another site
 * gets a response with status 403 before the handler runs, unless `serveCrossSite` is set.
 *
 * Danger: if the handler throws, the response carries no token, and after a sign-in the old token no longer works. Catch errors inside the handler, and return a response.
 *
 * @example
 * ```ts
 * const fetch = withSession(createSessions({ store: memoryStore() }), async (_request, session) => new Response(session.userId));
 * ```
 *
 * @throws {SessionError} `ERR_CONFIG` if an option is invalid. For a request for which `open()` has opened the same sessions, the handler
 * serves the same session, and `finish` sends the token.
 */
export function withSession<Data, Rest extends readonly unknown[] = []>(
  sessions: Sessions<Data>,
  handler: (request: Request, session: Session<Data>, ...rest: Rest) => Response | Promise<Response>,
  { facts, ...options }: SessionOptions<Rest> = {},
): (request: Request, ...rest: Rest) => Promise<Response> {
  const mount = mountSessions<Data, Request>(sessions, options);
  checkFunction('facts', facts, '(request) => ({ host: request.headers.get("host") })');
  const respond = async (visit: Visit<Data>, request: Request, rest: Rest) => {
    const direct = visit.respond();
    if (direct !== undefined) return directResponse(await direct);
    try {
      await mount.admit(visit, request);
    } catch (error) {
      if (!SessionError.is(error) || error.code !== 'ERR_CROSS_SITE') throw error;
      return new Response('Forbidden', { status: error.status });
    }
    return handler(request, visit.session, ...rest);
  };
  return async (request, ...rest) => {
    const outer = findFetchVisit(sessions, request);
    // The outer withSession() sends the token.
    if (outer !== undefined) return respond(outer, request, rest);
    const known = (await facts?.(request, ...rest)) ?? {};
    const view = new FetchRequestView(request, known);
    const opened = openFetchVisit(sessions, request, () => mount.open(view, request, known));
    try {
      return opened.finish(await respond(opened.visit, request, rest));
    } finally {
      opened.close();
    }
  };
}

/**
 * Opens a visit for a request whose response other code creates: `visit.finish(response)` adds the token. No I/O happens until `session.load()`.
 *
 * With `passive`, loading writes nothing: no touch, renewal or confirmation. For polling and prefetching. Default: false.
 *
 * @example
 * ```ts
 * const visit = open(sessions, request);
 * await visit.session.load();
 * return visit.finish(await next());
 * ```
 *
 * @throws {SessionError} `ERR_CONFIG` if the sessions are already open for this request.
 */
export function open<Data>(
  sessions: Sessions<Data>,
  request: FetchRequest,
  options: RequestFacts & { readonly passive?: boolean } = {},
): OpenVisit<Data> {
  const view = new FetchRequestView(request, options);
  const { visit, finish } = openFetchVisit(sessions, request, () => sessions.open(view, options));
  return {
    session: visit.session,
    refuseCrossSite: () => visit.refuseCrossSite(),
    respond: () => visit.respond()?.then(directResponse),
    finish,
  };
}

type Write = 'update' | 'signIn' | 'renew' | 'finish' | 'destroy';

/** Represents a read-only session. */
export type ReadOnlySession<Data> = Omit<Session<Data>, Write | 'load' | 'revealToken'>;

/**
 * Loads the session of a request whose response cannot carry a token, as in a server component. Writes nothing: no touch, renewal or confirmation.
 *
 * @example
 * ```ts
 * const { userId } = await read(sessions, { method: 'GET', url: 'https://shop.example/', headers: await headers() });
 * ```
 */
export async function read<Data>(
  sessions: Sessions<Data>,
  request: FetchRequest,
  facts: RequestFacts = {},
): Promise<ReadOnlySession<Data>> {
  const visit = sessions.open(new FetchRequestView(request, facts), { passive: true });
  visit.seal();
  return visit.session.load();
}
