import type { SessionEvent } from '@coatcheck/core';

const KEPT_EVENTS = 6;
const KEPT_SESSIONS = 1000;

/** Keeps the last events of each session in this process, for the strip at the bottom of the pages. */
export class EventLog {
  readonly #events = new Map<string, readonly SessionEvent[]>();

  /** Records an event. The event that finishes a session is also its successor's first event. */
  record(event: SessionEvent): void {
    if (event.sessionId !== undefined) this.#add(event.sessionId, event);
    if (event.type === 'finished' && event.successorId !== undefined) this.#add(event.successorId, event);
  }

  /** Lists a session's last events, latest first. */
  of(sessionId: string | undefined): readonly SessionEvent[] {
    return (sessionId !== undefined && this.#events.get(sessionId)) || [];
  }

  #add(sessionId: string, event: SessionEvent): void {
    const events = [event, ...this.of(sessionId)].slice(0, KEPT_EVENTS);
    // Delete and set, so that the map begins with the session whose last event is oldest.
    this.#events.delete(sessionId);
    this.#events.set(sessionId, events);
    for (const stalest of this.#events.keys()) {
      if (this.#events.size <= KEPT_SESSIONS) break;
      this.#events.delete(stalest);
    }
  }
}
