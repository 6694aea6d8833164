import { createHash } from 'node:crypto';

/** How long a sign-in is remembered, in milliseconds: as long as a repeated click may be under way. */
const MAX_AGE = 60_000;
const MAX_ENTRIES = 10_000;

interface SignIn {
  readonly at: number;
  /** The token that it issued; undefined if none can be shared. */
  readonly token: Promise<string | undefined>;
}

/**
 * Lets sign-ins of one user that set out with the same token share one session, such as the two requests of a double click. Each of them has checked the
 * user's credentials. Other processes are not seen: there such a request gets a session of its own.
 */
export class RecentSignIns {
  readonly #now: () => number;
  readonly #signIns = new Map<string, SignIn>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Adopts the token of an earlier sign-in, or else signs in. `signIn` resolves to the token that it issued. */
  async join(
    presented: string | undefined,
    userId: string,
    how: { signIn(): Promise<string | undefined>; adopt(token: string): Promise<boolean> },
  ): Promise<void> {
    if (presented === undefined) {
      await how.signIn();
      return;
    }
    const key = createHash('sha256').update(`${presented} ${userId}`).digest('base64url');
    for (;;) {
      const earlier = this.#signIns.get(key);
      if (earlier === undefined || this.#now() - earlier.at > MAX_AGE) break;
      const token = await earlier.token.catch(() => undefined);
      if (token !== undefined && (await how.adopt(token))) return;
      if (this.#signIns.get(key) === earlier) break;
    }
    const token = how.signIn();
    this.#note(key, token);
    await token;
  }

  #note(key: string, token: Promise<string | undefined>): void {
    const now = this.#now();
    for (const [oldest, { at }] of this.#signIns) {
      if (now - at <= MAX_AGE && this.#signIns.size < MAX_ENTRIES) break;
      this.#signIns.delete(oldest);
    }
    this.#signIns.delete(key);
    this.#signIns.set(key, { at: now, token });
  }
}
