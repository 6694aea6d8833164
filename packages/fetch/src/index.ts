import { type RequestView, type Session, SessionError, type Sessions, type Visit } from '@coatcheck/core';
import {
  type AdapterOptions,
  type FetchRequest,
  FetchRequestView,
  mountSessions,
} from '@coatcheck/core/adapter';

export type {
  Session,
  SessionEvent,
  SessionSummary,
  Sessions,
  SessionsOptions,
  SessionView,
} from '@coatcheck/core';
export { bearer, cookie, createSessions, form, header, memoryStore, query } from '@coatcheck/core';
export { ipAddress, userAgent } from '@coatcheck/core/client-checks';
export { type FetchRequest, SessionError };

/** Adds what a `Request` does not contain. Each fact is read only when it is needed, so a getter costs nothing until then. */
export interface RequestFacts {
  /** The host that the client addressed, with its port, as a trusted proxy reports it. Default: the host of `request.url`. */
  readonly host?: string | undefined;
  /** The client's address, as the runtime or a trusted proxy reports it. Default: unknown. */
  readonly ip?: string | undefined;
  /** The parsed body, for the `form` transport: `await request.clone().formData()`. Default: none. */
  readonly form?: { get(name: string): unknown } | undefined;
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
  if (facts !== undefined && typeof facts !== 'function') {
    throw new SessionError(
      'ERR_CONFIG',
      `session option facts must be a function; received ${typeof facts}.`,
    );
  }
  const admitted = async (
    visit: Visit<Data>,
    request: Request,
    respond: () => Response | Promise<Response>,
  ) => {
    try {
      await mount.admit(visit, request);
    } catch (error) {
      if (!(SessionError.is(error) && error.code === 'ERR_CROSS_SITE')) throw error;
      return new Response('Forbidden', { status: error.status });
    }
    return respond();
  };
  return async (request, ...rest) => {
    const outer = openedVisit(sessions, request);
    // The outer withSession() sends the token.
    if (outer !== undefined) return admitted(outer, request, () => handler(request, outer.session, ...rest));
    const opened = begin(sessions, request, await facts?.(request, ...rest), mount.open);
    const { visit, session, finish, close } = opened;
    try {
      return finish(await admitted(visit, request, () => handler(request, session, ...rest)));
    } finally {
      close();
    }
  };
}

/**
 * Opens a visit for a request whose response other code creates: `visit.finish(response)` adds the token. No I/O happens until `session.load()`.
 *
 * With `passive`, loading writes nothing: no touch, renewal or confirmation. For polling and prefetching. Default: false.
 *
 * @throws {SessionError} `ERR_CONFIG` if the sessions are already open for this request.
 */
export function open<Data>(
  sessions: Sessions<Data>,
  request: FetchRequest,
  options: RequestFacts & { readonly passive?: boolean } = {},
): OpenVisit<Data> {
  const { session, refuseCrossSite, finish } = begin(sessions, request, options, (view) =>
    sessions.open(view, options),
  );
  return { session, refuseCrossSite, finish };
}

type Write = 'update' | 'signIn' | 'renew' | 'finish' | 'destroy';

/** Represents a read-only session. */
export type ReadOnlySession<Data> = Omit<Session<Data>, Write | 'load' | 'revealToken'>;

/** Loads the session of a request whose response cannot carry a token, as in a server component. Writes nothing: no touch, renewal or confirmation. */
export async function read<Data>(
  sessions: Sessions<Data>,
  request: FetchRequest,
  facts: RequestFacts = {},
): Promise<ReadOnlySession<Data>> {
  const visit = sessions.open(viewOf(request, facts), { passive: true });
  visit.seal();
  return visit.session.load();
}

/** The open requests, each with its sessions. */
const OPENED = /* @__PURE__ */ new WeakMap<FetchRequest, Map<object, Visit<unknown>>>();

/** Returns the visit that is open for a request. */
function openedVisit<Data>(sessions: Sessions<Data>, request: FetchRequest): Visit<Data> | undefined {
  // `begin` put it there, and it was opened by these very sessions, so its data is theirs.
  return OPENED.get(request)?.get(sessions) as Visit<Data> | undefined;
}

/** Opens a visit. `finish` ends it, or `close` if there is no response. */
function begin<Data, Req extends FetchRequest>(
  sessions: Sessions<Data>,
  request: Req,
  facts: RequestFacts = {},
  openVisit: (
    view: RequestView,
    request: Req,
    how?: { readonly waitUntil: RequestFacts['waitUntil'] },
  ) => Visit<Data>,
) {
  const opened = OPENED.get(request) ?? new Map<object, Visit<unknown>>();
  if (opened.has(sessions)) throw new SessionError('ERR_CONFIG', TWICE);
  const { waitUntil } = facts;
  const visit = openVisit(viewOf(request, facts), request, waitUntil && { waitUntil });
  OPENED.set(request, opened.set(sessions, visit));
  const close = (response?: Response) => {
    opened.delete(sessions);
    return visit.seal((name) => response?.headers.get(name) ?? undefined);
  };
  const finish = (response: Response) => {
    if (!opened.has(sessions)) throw new SessionError('ERR_RESPONSE_SEALED', FINISHED);
    const headers = close(response);
    if (headers.length === 0) return response;
    // A response can be immutable, or returned for many requests, whom a token is no business of.
    const finished = response.status === 101 ? response : new Response(response.body, response);
    for (const [name, value, how] of headers) finished.headers[how](name, value);
    return finished;
  };
  const refuseCrossSite = () => visit.refuseCrossSite();
  return { visit, session: visit.session, refuseCrossSite, finish, close };
}

const TWICE =
  'The sessions are open for this request already. Pass on the session that open() or withSession() returned.';
const FINISHED =
  'The visit is finished already, so this response would lack the token. Call finish() once, with the response that is sent.';

/** Shows a request to the core. No client input may throw, and Deno passes on targets that are not valid URLs. */
function viewOf(request: FetchRequest, facts: RequestFacts): RequestView {
  const view = new FetchRequestView(request, { ip: () => facts.ip, form: facts.form });
  const url = () => URL.parse(request.url);
  return Object.defineProperties(view, {
    host: { get: () => facts.host ?? url()?.host },
    query: { value: (name: string) => url()?.searchParams.get(name) ?? undefined },
  });
}

// The rest of the types that an app may name.
export type { DeepReadonly, Duration, Ended, Json, SessionErrorCode, SessionStore } from '@coatcheck/core';
