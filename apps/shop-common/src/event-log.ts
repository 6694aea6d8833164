import type { EventContext, SessionEvent } from '@coatcheck/core';
import type { RecordWrite } from './watched-store.ts';

const KEPT_EVENTS = 10;
const KEPT_SESSIONS = 1000;

/** An event of the library, or the shop's own: the library reports no change of the data, since the app made it. */
export type ShopEvent =
  | SessionEvent
  | (EventContext & {
      readonly type: 'updated';
      /** The properties of the data that changed. */
      readonly changed: readonly string[];
    });

/** Keeps the last events of each session in this process, for the strip of the pages. */
export class EventLog {
  readonly #events = new Map<string, readonly ShopEvent[]>();

  /** Records an event. The event that finishes a session is also its successor's first event. */
  record(event: ShopEvent): void {
    if (event.sessionId !== undefined) this.#add(event.sessionId, event);
    if (event.type === 'finished' && event.successorId !== undefined) this.#add(event.successorId, event);
  }

  /** Records a write as an event if it changed the data of a session. */
  recordWrite({ sessionId, before, after }: RecordWrite, at: number): void {
    if (before === undefined || after === undefined || after.end !== undefined) return;
    const changed = changedProperties(before.data, after.data);
    if (changed.length > 0) this.record({ type: 'updated', at, sessionId, changed });
  }

  /** Lists a session's last events, latest first. */
  of(sessionId: string | undefined): readonly ShopEvent[] {
    return (sessionId !== undefined && this.#events.get(sessionId)) || [];
  }

  #add(sessionId: string, event: ShopEvent): void {
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

/** Lists the properties in which two versions of a session's data differ. */
function changedProperties(before: string, after: string): readonly string[] {
  if (before === after) return [];
  const [old, present] = [before, after].map(propertiesOf);
  const names = new Set([...(old?.keys() ?? []), ...(present?.keys() ?? [])]);
  return [...names].filter((name) => old?.get(name) !== present?.get(name));
}

function propertiesOf(json: string): ReadonlyMap<string, string> {
  const data: unknown = json === '' ? {} : JSON.parse(json);
  return new Map(Object.entries(data ?? {}).map(([name, value]) => [name, JSON.stringify(value)]));
}
