import { type RequestView, type Session, SessionError, type Sessions, type Visit } from '@coatcheck/core';
import {
  type AdapterOptions,
  type FetchRequest,
  FetchRequestView,
  mountSessions,
} from '@coatcheck/core/adapter';

export type { Session, SessionEvent, SessionSummary, Sessions, SessionsOptions } from '@coatcheck/core';
export { bearer, cookie, createSessions, form, header, memoryStore, query } from '@coatcheck/core';
export { ipAddress, userAgent } from '@coatcheck/core/client-checks';
export { type FetchRequest, SessionError };

/** Tells what a `Request` does not. Host and address are read when they are needed: with getters they cost nothing until then. */
export interface RequestFacts {
  /** The host that the client addressed, with its port, as a proxy that you trust names it. Default: the host of `request.url`. */
  readonly host?: string | undefined;
  /** The client's address, as the runtime or a proxy that you trust names it. Default: unknown. */
  readonly ip?: string | undefined;
  /** The parsed body, for the `form` transport: `await request.clone().formData()`. Default: none. */
  readonly form?: { get(name: string): unknown } | undefined;
}

/** Sets what `withSession` does with each request. `Rest` is what the runtime passes after the request, such as Bun's server. */
export interface SessionOptions<Rest extends readonly unknown[] = readonly unknown[]>
  extends Omit<AdapterOptions<Request>, 'as'> {
  /** Tells what the request does not. Default: nothing. */
  readonly facts?: (request: Request, ...rest: Rest) => RequestFacts | Promise<RequestFacts>;
}

/** Represents one request's use of a session, until its response is there. */
export interface OpenVisit<Data> {
  /** The session. Await `load()` or a write before you read it. */
  readonly session: Session<Data>;
  /**
   * Throws for a write that a page of another site sent. Call it before the handler, and respond with 403. Without it, such a request is one without a session, whose
   * writes reject. No I/O.
   *
   * @throws `ERR_CROSS_SITE`
   */
  refuseCrossSite(): void;
  /**
   * Returns a copy of the response with the session's headers, or the response itself if there are none. The response to a WebSocket upgrade (101) cannot be
   * copied, so it gets them itself. Afterwards no token can go out: a first write rejects with `ERR_RESPONSE_SEALED`.
   *
   * @throws `ERR_RESPONSE_SEALED` at a second call, since that response would lack the token.
   */
  finish(response: Response): Response;
}

/**
 * Makes a handler of requests out of one that also takes the session, loaded unless `lazy`. The response that it returns brings the token. A write from another site is
 * responded to with 403 before the handler, unless `serveCrossSite` says otherwise.
 *
 * Danger: an error that leaves the handler brings no token, and after a sign-in the old one is dead. Catch errors inside the handler, and return the response to them.
 *
 * @throws `ERR_CONFIG` for an option; at a request if the sessions are open for it already.
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
  return async (request, ...rest) => {
    const opened = begin(sessions, request, await facts?.(request, ...rest), mount.open);
    const { visit, session, finish, close } = opened;
    try {
      try {
        await mount.admit(visit, request);
      } catch (error) {
        if (!(SessionError.is(error) && error.code === 'ERR_CROSS_SITE')) throw error;
        return finish(new Response('Forbidden', { status: error.status }));
      }
      return finish(await handler(request, session, ...rest));
    } finally {
      close();
    }
  };
}

/**
 * Opens the session of a request whose response something else makes: `visit.finish(response)` puts the token on it. No I/O happens until `session.load()`.
 *
 * `passive` writes nothing for a look: no touch, renewal or confirmation. For polling and prefetching. Default false.
 *
 * @throws `ERR_CONFIG` if the sessions are open for this request already.
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

/** Represents a session that can be read and nothing else. */
export type ReadOnlySession<Data> = Omit<Session<Data>, Write | 'load' | 'revealToken'>;

/** Loads the session of a request whose response cannot bring a token, such as that of a server component. Writes nothing: no touch, renewal or confirmation. */
export async function read<Data>(
  sessions: Sessions<Data>,
  request: FetchRequest,
  facts: RequestFacts = {},
): Promise<ReadOnlySession<Data>> {
  const visit = sessions.open(viewOf(request, facts), { passive: true });
  visit.seal();
  return visit.session.load();
}

/** The requests that are open, each with its sessions. */
const OPENED = /* @__PURE__ */ new WeakMap<FetchRequest, WeakSet<object>>();

/** Begins a visit that `finish` ends, or `close` without a response. */
function begin<Data, Req extends FetchRequest>(
  sessions: Sessions<Data>,
  request: Req,
  facts: RequestFacts = {},
  openVisit: (view: RequestView, request: Req) => Visit<Data>,
) {
  const opened = OPENED.get(request) ?? new WeakSet();
  if (opened.has(sessions)) throw new SessionError('ERR_CONFIG', TWICE);
  const visit = openVisit(viewOf(request, facts), request);
  OPENED.set(request, opened.add(sessions));
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
  'The sessions are open for this request already. Hand on the session that open() or withSession() gave.';
const FINISHED =
  'The visit is finished already, so this response would lack the token. Call finish() once, with the response that is sent.';

/** Shows a request to the core. What a client sends must not throw, and Deno passes on targets of which no URL can be made. */
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
