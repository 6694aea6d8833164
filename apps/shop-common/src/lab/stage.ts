import type { ShopEvent } from '../event-log.ts';
import { explainEvent } from '../event-words.ts';
import { Client } from '../http-client.ts';
import type { RecordWrite } from '../watched-store.ts';
import { Gate } from './gate.ts';
import { LabBrowser } from './lab-browser.ts';
import type { LabRequest } from './lab-request.ts';
import { describeWrite } from './record-change.ts';
import { Trace } from './trace.ts';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';

/** The events that the diagram shows. The others say what a write says already. */
const SHOWN_EVENTS: ReadonlySet<ShopEvent['type']> = new Set([
  'call-failed',
  'confirmed',
  'conflict',
  'device-refreshed',
  'recovered',
  'refused',
  'reissued',
  'renewed',
  'reused',
]);

/** The dependencies of a stage. */
export interface StageParts {
  /** The URL of the shop. */
  readonly url: string;
  /** Announces a request, and returns the value by which the shop recognizes it. */
  readonly announce: (request: LabRequest) => string;
}

/** Where one act is played: its browsers, its clock, and the trace of what happens. */
export class Stage {
  readonly trace: Trace = new Trace();
  readonly #parts: StageParts;
  readonly #browsers: LabBrowser[] = [];
  #ahead = 0;
  #isStoreDown = false;

  constructor(parts: StageParts) {
    this.#parts = parts;
  }

  /** How far the clock of this act is ahead, in milliseconds. */
  get ahead(): number {
    return this.#ahead;
  }

  /** Opens a browser without cookies. One on another device looks different. */
  browser(name: string, device: 'usual' | 'other' = 'usual'): LabBrowser {
    const client = new Client(this.#parts.url, {
      'user-agent': device === 'usual' ? FIREFOX : CHROME,
      accept: 'text/html',
    });
    const browser = new LabBrowser(this, name, client);
    this.#browsers.push(browser);
    return browser;
  }

  /** Makes a gate that is full once so many requests wait. */
  gate(expected = 1): Gate {
    return new Gate(expected);
  }

  note(words: string): void {
    this.trace.record({ kind: 'note', words });
  }

  /** Lets time pass, for the requests of this act only. */
  pass(minutes: number): void {
    this.#ahead += minutes * 60_000;
    this.note(`${minutes} minutes pass`);
  }

  /** Makes the store fail, for the requests of this act only. */
  breakStore(): void {
    this.#isStoreDown = true;
    this.note('The store goes down');
  }

  mendStore(): void {
    this.#isStoreDown = false;
    this.note('The store is back');
  }

  /** Announces a request to the shop, and returns the value of its header. */
  announce(request: Omit<LabRequest, 'stage'>): string {
    return this.#parts.announce({ ...request, stage: this });
  }

  /** Hears of a call of the store before it is made. Throws if the store is down. */
  hearCall(operation: 'read' | 'write'): void {
    if (!this.#isStoreDown) return;
    this.trace.record({ kind: 'store-failed', operation });
    throw new Error('The lab has turned the store off for this request.');
  }

  hearWrite(write: RecordWrite): void {
    const isRemoval = write.after === undefined || write.after.end !== undefined;
    this.trace.record({ kind: 'write', changes: describeWrite(write), isRemoval });
  }

  hearEvent(event: ShopEvent): void {
    if (!SHOWN_EVENTS.has(event.type)) return;
    this.trace.record({ kind: 'event', type: event.type, words: explainEvent(event, event.sessionId) });
  }

  /** Ends the sessions of all browsers. */
  async clear(): Promise<void> {
    this.#isStoreDown = false;
    await Promise.all(this.#browsers.map((browser) => browser.leave()));
  }
}
