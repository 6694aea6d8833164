/** How long a token is remembered, in milliseconds, and how many at most. */
const MEMORY = 10 * 60_000;
const MAX_TOKENS = 10_000;

/**
 * Remembers in this process which sessions were signed out by a response that could not clear the cookie any more. The next response to that cookie clears it,
 * unless it could overwrite a newer one.
 */
export class UnclearedTokens {
  readonly #now: () => number;
  /** When each session ended, by its ID, the oldest first; undefined once its cookie is cleared or replaced. */
  readonly #ended = new Map<string, { readonly at: number; readonly isOpen: boolean }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Notes that a session ended and its cookie stayed. Ignored if the cookie has been cleared or replaced in the meantime. */
  note(sessionId: string): void {
    if (this.#recent(sessionId) === undefined) this.#set(sessionId, true);
  }

  /** Notes that a response clears or replaces the cookie of a session: no later one may clear it. */
  noteReplaced(sessionId: string): void {
    this.#set(sessionId, false);
  }

  /** Tells whether the response to a request that arrived at `openedAt` should clear the cookie of a session. */
  awaitsClearing(sessionId: string, openedAt: number): boolean {
    const ended = this.#recent(sessionId);
    // A request from before the end may be overtaken by a sign-in.
    return ended?.isOpen === true && openedAt > ended.at;
  }

  #recent(sessionId: string): { readonly at: number; readonly isOpen: boolean } | undefined {
    const ended = this.#ended.get(sessionId);
    return ended !== undefined && this.#now() - ended.at <= MEMORY ? ended : undefined;
  }

  #set(sessionId: string, isOpen: boolean): void {
    const at = this.#now();
    this.#ended.delete(sessionId);
    this.#ended.set(sessionId, { at, isOpen });
    for (const [id, ended] of this.#ended) {
      if (at - ended.at <= MEMORY && this.#ended.size <= MAX_TOKENS) break;
      this.#ended.delete(id);
    }
  }
}
