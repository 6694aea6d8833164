import { SessionError } from '../common/errors.ts';
import type { Sessions } from '../session/sessions-types.ts';
import type { Visit } from '../session/visit.ts';

/** A visit that is open until its response is finished. */
export interface FetchVisit<Data> {
  /** The visit. */
  readonly visit: Visit<Data>;
  /**
   * Seals the visit and returns a copy of the response with its headers, or the response itself if there are none. The response to a WebSocket upgrade (101) cannot be
   * copied, so the headers are set on it.
   *
   * @throws {SessionError} `ERR_RESPONSE_SEALED` for a second call, because that response would lack the token.
   */
  finish(response: Response): Response;
  /** Seals the visit of a request that gets no response here. Does nothing after `finish`. */
  close(): void;
}

/** The open requests, each with the visits of its sessions. */
const OPEN = /* @__PURE__ */ new WeakMap<object, Map<object, Visit<unknown>>>();

/**
 * Returns the visit that is open for a request, as an outer app opened it; undefined for none.
 *
 * @example
 * ```ts
 * const session = findFetchVisit(sessions, request)?.session;
 * ```
 */
export function findFetchVisit<Data>(sessions: Sessions<Data>, request: object): Visit<Data> | undefined {
  // `openFetchVisit` put it there, and it was opened by these very sessions, so its data is theirs.
  return OPEN.get(request)?.get(sessions) as Visit<Data> | undefined;
}

/**
 * Opens a visit for a request whose response is a `Response`. `open` calls `sessions.open`, or `open` of `mountSessions(sessions)`.
 *
 * @example
 * ```ts
 * const { visit, finish } = openFetchVisit(sessions, request, () => sessions.open(new FetchRequestView(request, {})));
 * return finish(await respond(visit.session));
 * ```
 *
 * @throws SessionError `ERR_CONFIG` if these sessions are open for the request already; `findFetchVisit` finds their visit
 */
export function openFetchVisit<Data>(
  sessions: Sessions<Data>,
  request: object,
  open: () => Visit<Data>,
): FetchVisit<Data> {
  const opened = OPEN.get(request) ?? new Map<object, Visit<unknown>>();
  if (opened.has(sessions)) throw new SessionError('ERR_CONFIG', TWICE);
  const visit = open();
  OPEN.set(request, opened.set(sessions, visit));
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
  return { visit, finish, close: () => void close() };
}

const TWICE =
  'The sessions are open for this request already. Pass on the session that open() or withSession() returned.';
const FINISHED =
  'The visit is finished already, so this response would lack the token. Call finish() once, with the response that is sent.';
