import { closeSync, openSync, writeSync } from 'node:fs';
import type { HistoryEvent } from './events.ts';

const LINES_AT_A_TIME = 500;

/** An event without its time. */
type Timeless<Event> = Event extends unknown ? Omit<Event, 'at'> : never;

/** Writes a history as lines of JSON. */
export class HistoryWriter {
  readonly path: string;
  readonly #file: number;
  readonly #start: number = performance.now();
  #lines: string[] = [];
  #events = 0;
  #isClosed = false;

  constructor(path: string) {
    this.path = path;
    this.#file = openSync(path, 'w', 0o600);
  }

  /** The time since the run began, in milliseconds. */
  get now(): number {
    return performance.now() - this.#start;
  }

  /** Writes an event, and returns its time. */
  write(event: Timeless<HistoryEvent>): number {
    const at = this.now;
    this.#lines.push(`${JSON.stringify({ ...event, at: Math.round(at * 1000) / 1000 })}\n`);
    this.#events += 1;
    if (this.#lines.length >= LINES_AT_A_TIME) this.#flush();
    return at;
  }

  /** Writes the last line. Without this call the history is cut. */
  close(): void {
    this.write({ type: 'end', events: this.#events });
    this.#flush();
    this.abandon();
  }

  /** Leaves the history without a last line, so that it counts as cut. Does nothing to a closed one. */
  abandon(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    closeSync(this.#file);
  }

  #flush(): void {
    if (this.#isClosed) return;
    writeSync(this.#file, this.#lines.join(''));
    this.#lines = [];
  }
}
