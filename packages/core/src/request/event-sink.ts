import type { Config } from '../config/config.ts';
import type { EventContext, SessionEvent } from '../session/events.ts';
import type { EndingRequest } from './sweeper.ts';

/** An event without the time. */
export type EventDetail = SessionEvent extends infer E
  ? E extends SessionEvent
    ? Omit<E, 'at'>
    : never
  : never;

/** Passes events to the app's `onEvent`. */
export class EventSink {
  readonly #onEvent: Config<object>['onEvent'];
  readonly #now: () => number;

  constructor(onEvent: Config<object>['onEvent'], now: () => number) {
    this.#onEvent = onEvent;
    this.#now = now;
  }

  /** Whether anyone listens. If not, an event need not be built. */
  get isHeard(): boolean {
    return this.#onEvent !== undefined;
  }

  /** Emits an event. A listener that throws or rejects does not fail the request. The request waits for one that is asynchronous. */
  emit(detail: EventDetail & Omit<EventContext, 'at'>, request?: EndingRequest): void {
    if (this.#onEvent === undefined) return;
    try {
      const returned: unknown = this.#onEvent({ at: this.#now(), ...detail });
      if (returned instanceof Promise) {
        const heard = returned.catch(() => {});
        request?.waitUntil?.(heard);
      }
    } catch {
      // An audit log that fails must not sign the visitor out.
    }
  }
}
