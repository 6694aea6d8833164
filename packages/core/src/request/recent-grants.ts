import type { RequestView } from '../http/request-view.ts';
import {
  isBrowser,
  reasonNotReturned,
  type SentCookie,
  shouldReturnCookie,
} from '../http/unreturned-cookie.ts';
import type { Warnings } from './warnings.ts';

/** How long a first cookie is expected to come back, in milliseconds. */
const EXPECTED_WITHIN = 60_000;
/** How long a browser may still send requests that left before the cookie arrived, in milliseconds. */
const IN_FLIGHT = 1_000;
/** How much of a user agent is compared, so that clients cannot fill the memory. */
const MAX_AGENT_LENGTH = 200;
/** How many are remembered in this process. */
const MAX_GRANTS = 1_000;

interface Grant {
  readonly client: string;
  readonly cookie: SentCookie;
  readonly at: number;
}

/** Remembers the first cookies that were sent a moment ago, and warns if one does not come back. Costs nothing while there are none. */
export class RecentGrants {
  readonly #warnings: Warnings;
  readonly #now: () => number;
  readonly #bySession: Map<string, Grant> = new Map();
  readonly #byClient: Map<string, string> = new Map();

  constructor(warnings: Warnings, now: () => number) {
    this.#warnings = warnings;
    this.#now = now;
  }

  /** Whether any cookie is expected back. */
  get isEmpty(): boolean {
    return this.#bySession.size === 0;
  }

  /** Notes that a response sets the first cookie of a session. */
  note(sessionId: string, request: RequestView, cookie: SentCookie): void {
    const client = clientOf(request);
    const earlier = this.#byClient.get(client);
    if (earlier !== undefined) this.#bySession.delete(earlier);
    const [oldest] = this.#bySession.keys();
    if (this.#bySession.size >= MAX_GRANTS && oldest !== undefined) this.noteReturned(oldest);
    this.#bySession.set(sessionId, { client, cookie, at: this.#now() });
    this.#byClient.set(client, sessionId);
  }

  /** Notes that a client presented a token of the session. */
  noteReturned(sessionId: string): void {
    const grant = this.#bySession.get(sessionId);
    if (grant === undefined) return;
    this.#bySession.delete(sessionId);
    this.#byClient.delete(grant.client);
  }

  /** Judges a request without a token: warns if its client was sent a cookie a moment ago. */
  judge(request: RequestView): void {
    const sessionId = this.#byClient.get(clientOf(request));
    const grant = sessionId === undefined ? undefined : this.#bySession.get(sessionId);
    if (sessionId === undefined || grant === undefined) return;
    const age = this.#now() - grant.at;
    if (age <= EXPECTED_WITHIN && (!shouldReturnCookie(request) || (age < IN_FLIGHT && isBrowser(request))))
      return;
    this.noteReturned(sessionId);
    if (age > EXPECTED_WITHIN) return;
    const reason = reasonNotReturned(request, grant.cookie);
    this.#warnings.warn(
      'cookie-not-returned',
      `A client was sent a session cookie and came back without it, so its session is lost. The likely reason: ${reason}`,
    );
  }
}

/** Tells clients apart by their address and user agent. Two visitors who share both may be confused, so the result is only a warning. */
function clientOf(request: RequestView): string {
  return `${request.ip ?? ''} ${request.header('user-agent')?.slice(0, MAX_AGENT_LENGTH) ?? ''}`;
}
