import type { SessionEvent } from '@coatcheck/core';

const KEPT_EVENTS = 6;
const KEPT_SESSIONS = 1000;

/** Remembers the last events of each session that this process has heard of, for the strip at the foot of the pages. */
export class EventLog {
  readonly #events = new Map<string, readonly SessionEvent[]>();

  /** Takes note of an event. A finished session's event is its successor's first. */
  record(event: SessionEvent): void {
    if (event.sessionId !== undefined) this.#add(event.sessionId, event);
    if (event.type === 'finished' && event.successorId !== undefined) this.#add(event.successorId, event);
  }

  /** Lists a session's last events, the latest first. */
  of(sessionId: string | undefined): readonly SessionEvent[] {
    return (sessionId !== undefined && this.#events.get(sessionId)) || [];
  }

  #add(sessionId: string, event: SessionEvent): void {
    const events = [event, ...this.of(sessionId)].slice(0, KEPT_EVENTS);
    // Set anew, so that the map begins with the session that was silent the longest.
    this.#events.delete(sessionId);
    this.#events.set(sessionId, events);
    for (const longestSilent of this.#events.keys()) {
      if (this.#events.size <= KEPT_SESSIONS) break;
      this.#events.delete(longestSilent);
    }
  }
}
