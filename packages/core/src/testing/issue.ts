import type { RequestView } from '../http/request-view.ts';
import type { Sessions } from '../session/sessions-types.ts';

/** What the session of a test is to hold. */
export interface IssueOptions<Data> {
  /** Signs this user in. Default: no user. */
  readonly userId?: string;
  /** Sets these properties over what `initial()` gives. */
  readonly data?: Partial<Data>;
}

/** A session made for a test. */
export interface Issued {
  /** The session's ID. */
  readonly sessionId: string;
  /** The value of a `cookie` request header that opens it. */
  readonly cookie: string;
}

/**
 * Makes a session as a sign-in would, and gives the cookie for a test's requests. Needs a `cookie()` among the transports, as their first.
 *
 * @example
 * ```ts
 * const { cookie } = await issue(sessions, { userId: 'ann', data: { cart: ['coat'] } });
 * const response = await fetch(url, { headers: { cookie } });
 * ```
 */
export async function issue<Data>(
  sessions: Pick<Sessions<Data>, 'open'>,
  { userId, data = {} }: IssueOptions<Data> = {},
): Promise<Issued> {
  const visit = sessions.open(FIRST_REQUEST);
  const session = await visit.session.load();
  await session.update(data);
  if (userId !== undefined) await session.signIn(userId);
  const line = visit.seal().find(([name]) => name === 'set-cookie')?.[1];
  const cookie = line?.split(';')[0];
  if (cookie === undefined || session.id === undefined) {
    throw new TypeError('issue() needs sessions whose first transport is cookie(); no cookie was set.');
  }
  return { sessionId: session.id, cookie };
}

const FIRST_REQUEST: RequestView = {
  method: 'POST',
  host: 'localhost',
  ip: undefined,
  header: () => undefined,
  query: () => undefined,
  form: () => undefined,
};
