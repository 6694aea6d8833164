import type { SessionsOptions } from '../../src/config/options.ts';
import type { SessionEvent, SessionEventType } from '../../src/session/events.ts';
import type { Sessions } from '../../src/session/sessions-types.ts';
import { assembleSessions } from '../../src/sessions.ts';
import { AppServer } from './app-server.ts';
import { Browser, type BrowserOptions } from './browser.ts';
import { delayedStore } from './delayed-store.ts';
import { type Draws, drawsFrom } from './draws.ts';
import type { ClientTraits, Exchange, Pace, Task } from './exchange.ts';
import { countFailures, REFUSED } from './failures.ts';
import { type Basket, Ledger } from './ledger.ts';
import type { Limit } from './limits.ts';
import { Timeline } from './timeline.ts';
import { traceOf } from './trace.ts';

const START = Date.UTC(2026, 0, 1);
const MAX_SKEW = 10_000;
const MAX_WAY = 50_000;
/** How long a browser may leave a changed cookie in memory before it is on its disk, in milliseconds. Chromium takes half a minute, the others less. */
const FLUSH_WINDOW = 30_000;

/** How a world is made. */
export interface WorldOptions {
  readonly seed: number;
  /** The share of responses that are lost. */
  readonly loss: number;
  readonly renewAfter?: string;
  readonly idleTimeout?: string;
}

/** What a run came to. */
export interface Outcome {
  readonly requests: number;
  readonly events: ReadonlyMap<SessionEventType, number>;
  readonly failures: ReadonlyMap<Limit, number>;
  /** How often a browser was killed, and how often it came back with an older cookie than it had, or none. */
  readonly kills: number;
  readonly wentBack: number;
  /** Tokens with which a visitor was refused for no reason that is documented. */
  readonly signedOut: number;
  /** Sessions that were ended because a retired token came back. */
  readonly endedByReuse: number;
  /** The number of the request at which the first fault showed. */
  readonly requestsToFault: number;
  /** What was found wrong, with its trace; undefined where nothing was. */
  readonly fault: string | undefined;
}

/** Two servers with clocks of their own over one store, and the browsers of visitors. */
export class World {
  readonly timeline: Timeline = new Timeline(START);
  readonly ledger: Ledger;
  readonly draws: Draws;
  /** Draws of their own for crashes and thieves, so that worlds without them are what they were. */
  readonly accidents: Draws;
  readonly events: (SessionEvent & { readonly trueTime: number })[] = [];
  readonly #loss: number;
  readonly #browsers: Browser[] = [];
  readonly #sessions: readonly [Sessions<Basket>, Sessions<Basket>];
  readonly #servers: readonly AppServer[];
  #requests = 0;
  #underWay = 0;

  constructor({ seed, loss, renewAfter = '15m', idleTimeout = '30m' }: WorldOptions) {
    this.draws = drawsFrom(seed);
    this.accidents = drawsFrom(seed + 0x5eed);
    this.#loss = loss;
    this.ledger = new Ledger(this.timeline);
    const options: SessionsOptions<Basket> = {
      store: delayedStore(this.timeline, this.draws),
      initial: () => ({ log: [] }),
      renewAfter,
      idleTimeout,
      randomBytes: this.draws.bytes,
      onEvent: (event) => {
        this.events.push({ ...event, trueTime: this.timeline.now });
        if (event.type === 'reused' && event.ended) this.ledger.endedByReuse.add(event.sessionId ?? '');
      },
    };
    const wait = (milliseconds: number) => this.timeline.sleep(milliseconds);
    const skew = this.draws.between(-MAX_SKEW, MAX_SKEW);
    this.#sessions = [
      assembleSessions({ ...options, now: () => this.timeline.now }, wait),
      assembleSessions({ ...options, now: () => this.timeline.now + skew }, wait),
    ];
    this.#servers = this.#sessions.map((each) => new AppServer(this.timeline, this.ledger, each));
  }

  /** Makes a visitor's browser. */
  browser(client: ClientTraits, options: BrowserOptions = {}): Browser {
    const browser = new Browser(`b${this.#browsers.length + 1}`, client, this.ledger, options);
    this.#browsers.push(browser);
    return browser;
  }

  /** Makes a visitor's browser whose cookies are on its disk only some time after they have come. */
  mortalBrowser(client: ClientTraits, options: BrowserOptions = {}): Browser {
    const flushLater = (flush: () => void) => {
      void this.timeline.sleep(this.accidents.between(0, FLUSH_WINDOW)).then(flush);
    };
    return this.browser(client, { ...options, flushLater });
  }

  /** Lets something go on beside everything else. What it throws is a fault. */
  start(script: () => Promise<unknown>): void {
    this.#underWay += 1;
    script().then(
      () => {
        this.#underWay -= 1;
      },
      (error: unknown) => {
        this.#underWay -= 1;
        this.ledger.fault(`a script threw ${error instanceof Error ? error.stack : String(error)}`);
      },
    );
  }

  /** Sends a request and waits until its response has arrived or would have. */
  async send(browser: Browser, task: Task, pace: Pace = this.pace(), token?: string): Promise<Exchange> {
    this.#requests += 1;
    const { token: held, tokenFrom } = browser;
    if (held === undefined && tokenFrom !== undefined)
      this.ledger.fault('the browser has no cookie left', tokenFrom);
    const server = this.draws.int(this.#servers.length);
    const x: Exchange = {
      number: this.#requests,
      browser: browser.name,
      run: browser.run,
      client: browser.client,
      server,
      task,
      pace,
      token: token ?? held,
      tokenFrom,
      isForeign: token !== undefined,
      sent: this.ledger.instant(),
      opened: undefined,
      loaded: undefined,
      servedId: undefined,
      refusal: undefined,
      beganId: undefined,
      beganEra: 0,
      wrote: [],
      failed: undefined,
      sealed: undefined,
      brings: undefined,
      arrived: undefined,
    };
    browser.exchanges.push(x);
    await this.timeline.sleep(pace.wayIn);
    let back: Promise<void> | undefined;
    await this.#servers[server]?.handle(x, () => {
      back = this.#response(browser, x);
    });
    await back;
    return x;
  }

  /** Carries the head of a response back, cookie and all; what follows of a stream's body matters to nobody here. */
  async #response(browser: Browser, x: Exchange): Promise<void> {
    await this.timeline.sleep(x.pace.wayBack);
    if (!x.pace.isLost) browser.receive(x);
  }

  /** Draws how long an exchange takes: one in ten is under way for up to 50 s. */
  pace(loss: number = this.#loss): Pace {
    const { draws } = this;
    const total = draws.chance(0.1) ? draws.between(1000, MAX_WAY) : draws.between(10, 900);
    const [wayIn = 0, beforeLoad = 0, beforeAct = 0, beforeSeal = 0, wayBack = 0] = draws.parts(total, 5);
    return { wayIn, beforeLoad, beforeAct, beforeSeal, wayBack, isLost: draws.chance(loss) };
  }

  /** Lets time pass until nothing is left to happen, and says what it came to. `replay` tells how to run this again. */
  async run(replay: string): Promise<Outcome> {
    await this.timeline.run();
    if (this.#underWay > 0) this.ledger.fault('something waits for what never comes');
    const failures = countFailures(this.ledger, this.#browsers);
    const events = new Map<SessionEventType, number>();
    for (const { type } of this.events) events.set(type, (events.get(type) ?? 0) + 1);
    const { faults } = this.ledger;
    const requestsToFault = Math.min(...faults.map(({ exchange }) => exchange?.number ?? this.#requests));
    const fault =
      faults.length === 0 ? undefined : traceOf(replay, this.ledger, this.#browsers, this.events, START);
    const crashes = this.#browsers.flatMap((browser) => browser.crashes);
    const refused = faults.filter(({ text }) => text.startsWith(REFUSED));
    return {
      requests: this.#requests,
      events,
      failures,
      kills: crashes.length,
      wentBack: crashes.filter(({ lost }) => lost !== undefined).length,
      signedOut: new Set(refused.map(({ exchange }) => `${exchange?.browser} ${exchange?.token}`)).size,
      endedByReuse: this.ledger.endedByReuse.size,
      requestsToFault,
      fault,
    };
  }
}
