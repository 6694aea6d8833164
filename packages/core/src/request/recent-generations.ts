import { CLOCK_TOLERANCE } from '../session/expiry.ts';

/**
 * Remembers the generations that this process has raised within the last 10 seconds, by session ID. A late response asks it, so that it does not send a
 * token that has been replaced or ended in the meantime.
 */
export class RecentGenerations {
  readonly #now: () => number;
  readonly #onRaised: (sessionId: string, generation: number) => void;
  /** The oldest first. */
  readonly #raised = new Map<string, { readonly generation: number; readonly at: number }>();

  /** `onRaised` hears of each, with an infinite generation for a session that ended. */
  constructor(now: () => number, onRaised: (sessionId: string, generation: number) => void = () => {}) {
    this.#now = now;
    this.#onRaised = onRaised;
  }

  /** Notes that all tokens of earlier generations are dead. */
  noteRaised(sessionId: string, generation: number): void {
    const at = this.#now();
    for (const [id, raised] of this.#raised) {
      // What lies in the future is from before the clock was set back. It would keep all that follows.
      if (Math.abs(at - raised.at) <= CLOCK_TOLERANCE) break;
      this.#raised.delete(id);
    }
    this.#raised.delete(sessionId);
    this.#raised.set(sessionId, { generation, at });
    this.#onRaised(sessionId, generation);
  }

  /** Notes that the session ended: no token of it may go out any more, since it could overwrite that of a sign-in. */
  noteEnded(sessionId: string): void {
    this.noteRaised(sessionId, Number.POSITIVE_INFINITY);
  }

  /** Tells whether a later generation of the session was noted. */
  hasLater(sessionId: string, generation: number): boolean {
    return (this.#raised.get(sessionId)?.generation ?? 0) > generation;
  }
}
