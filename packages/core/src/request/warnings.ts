import { pageOf, type WarningCode } from '../session/warnings.ts';
import type { EventSink } from './event-sink.ts';

/** How long a code stays silent after an event, in milliseconds: a fault of every request must not flood a log. */
const INTERVAL = 60_000;
/** The codes that this process has printed. */
const PRINTED: Set<WarningCode> = new Set();

/** What warnings need. */
export interface WarningDeps {
  readonly events: EventSink;
  readonly now: () => number;
  /** Whether the first warning of each code in this process is printed. */
  readonly onConsole: boolean;
  readonly printed?: Set<WarningCode>;
}

/** Warns of what would otherwise go wrong silently: by an event, and by one line on the console for each code and process. */
export class Warnings {
  readonly #deps: WarningDeps;
  readonly #warnedAt: Map<WarningCode, number> = new Map();

  constructor(deps: WarningDeps) {
    this.#deps = deps;
  }

  /** Warns, at most once a minute for each code. The message contains no token and no secret. */
  warn(code: WarningCode, message: string): void {
    const { events, now, onConsole, printed = PRINTED } = this.#deps;
    const at = now();
    const before = this.#warnedAt.get(code);
    if (before !== undefined && Math.abs(at - before) < INTERVAL) return;
    this.#warnedAt.set(code, at);
    const page = pageOf(code);
    events.emit({ type: 'warning', code, message, page });
    if (!onConsole || printed.has(code)) return;
    printed.add(code);
    console.warn(`coatcheck: ${message} See ${page}`);
  }
}
