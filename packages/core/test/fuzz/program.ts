import type { SessionEvent } from '../../src/session/events.ts';
import type { Session } from '../../src/session/session-types.ts';
import type { Sessions } from '../../src/session/sessions-types.ts';
import { hashSecret, parseToken } from '../../src/session/token.ts';
import { assembleSessions } from '../../src/sessions.ts';
import { Actions, withinFinish } from './actions.ts';
import { History, type Marks, PromiseBroken } from './history.ts';
import {
  askerOf,
  OrderedStore,
  type Responds,
  requestOf,
  type ServerStore,
  type StoppableRequest,
} from './ordered-store.ts';
import { requestWith } from './request.ts';
import { type Seeded, seeded } from './seeded.ts';

const MAX = 2;
const HOME = '203.0.113.7';
const AWAY = '198.51.100.9';
const MINUTE = 60_000;
const MAX_AT_ONCE = 6;
const REQUESTS = 12;
const CALM_REQUESTS = 30;
const MAX_STEPS = 5_000;
/** How many microtasks a request waits at most before it begins, if the store responds without promises. */
const MAX_DELAY = 20;
/** Keeps the draw of a program's runtime apart from all others. */
const ISOLATION_SEED = 0x5eed;
const LENGTHS: readonly [number, ...number[]] = [
  1_000,
  ...[5_000, 61_000, 2 * MINUTE, 11 * MINUTE, 11 * MINUTE, 11 * MINUTE, 31 * MINUTE],
];

/** The result of a program. */
export interface ProgramResult {
  readonly broken: string | undefined;
  readonly trace: readonly string[];
  /** What happened, to show that the search reaches it. */
  readonly reached: ReadonlySet<string>;
}

/** Runs the random program of a seed and returns which promise it broke, if any. */
export async function runProgram(seed: number, responds: Responds = 'later'): Promise<ProgramResult> {
  const program = new Program(seed, responds);
  try {
    await program.run();
    return { broken: undefined, trace: program.history.trace, reached: program.reached };
  } catch (error) {
    if (!(error instanceof PromiseBroken)) throw error;
    return { broken: error.message, trace: program.history.trace, reached: program.reached };
  }
}

interface Server {
  readonly now: () => number;
  readonly store: ServerStore;
  readonly sessions: Sessions<Marks>;
}

/** A client: the tokens that reached it, the latest last. */
interface Browser {
  readonly ip: string;
  readonly tokens: string[];
}

class Program {
  readonly history = new History(MAX);
  readonly reached = new Set<string>();
  readonly #random: Seeded;
  readonly #store: OrderedStore;
  readonly #servers: [Server, Server];
  readonly #skews: readonly [number, number];
  readonly #browsers: [Browser, Browser, Browser] = [
    { ip: HOME, tokens: [] },
    { ip: HOME, tokens: [] },
    { ip: AWAY, tokens: [] },
  ];
  readonly #crashes: boolean;
  /** Whether the servers' runtime isolates requests, and stops some: workerd. */
  readonly #isolates: boolean;
  readonly #running = new Set<StoppableRequest>();
  /** The requests that neither a crash nor a stop has ended, with their servers. */
  readonly #unfinished = new Map<StoppableRequest, Server>();
  /** Whether requests may begin in the same tick: over a store without promises only these meet. */
  readonly #crowds: boolean;
  readonly #actions: Actions;
  readonly #onExceed: 'end-oldest' | 'refuse';
  #time = Date.UTC(2026, 0, 1);
  #active = 0;
  readonly #hasFaults: boolean;
  /** Every fifth program is about tokens that the timer renews, and older ones that come back. */
  readonly #isCalm: boolean;
  #hasCrashed = false;
  #broken: unknown;

  constructor(seed: number, responds: Responds) {
    this.#random = seeded(seed);
    this.#crowds = responds !== 'later';
    this.#isolates = seeded(seed + ISOLATION_SEED).chance(0.3);
    this.#isCalm = seed % 5 === 0;
    this.#hasFaults = this.#random.chance(0.4);
    this.#crashes = this.#random.chance(0.4);
    this.#onExceed = this.#random.chance(0.7) ? 'end-oldest' : 'refuse';
    this.#skews = [this.#random.int(10_001) - 5_000, this.#random.int(10_001) - 5_000];
    const faults = { rate: this.#hasFaults ? 0.12 : 0, responds };
    this.#store = new OrderedStore(this.#random, faults, (landing) =>
      this.#guard(() => this.history.checkLanding(landing)),
    );
    this.#servers = [this.#start(0), this.#start(1)];
    this.#actions = new Actions({
      random: this.#random,
      history: this.history,
      reached: this.reached,
      records: this.#store.records,
      // What became of a stopped request's write may be unknown to those that go on with it.
      hasFaults: this.#hasFaults || this.#isolates,
      isCalm: this.#isCalm,
    });
  }

  async run(): Promise<void> {
    let left = this.#isCalm ? CALM_REQUESTS : REQUESTS;
    for (let step = 0; step < MAX_STEPS; step += 1) {
      if (left > 0 && this.#active < MAX_AT_ONCE && (this.#active === 0 || this.#random.chance(0.25))) {
        left -= 1;
        void this.#request();
        if (this.#crowds && left > 0 && this.#random.chance(0.6)) continue;
      } else if (this.#store.isWaiting) {
        this.#store.step();
      } else if (left === 0) {
        break;
      }
      if (this.#random.chance(this.#isCalm ? 0.1 : 0.03)) this.#passTime();
      if (this.#crashes && this.#random.chance(0.01)) this.#crash();
      if (this.#isolates && this.#running.size > 0 && this.#random.chance(0.02)) this.#stopRequest();
      await settled();
      if (this.#broken !== undefined) throw this.#broken;
      if (this.#random.chance(0.1)) this.#audit();
    }
    this.#store.settleLate();
    await settled();
    if (this.#broken !== undefined) throw this.#broken;
    if (this.#unfinished.size > 0) this.history.fail('each call is over in the end');
    this.#audit();
  }

  #audit(): void {
    this.history.audit(this.#store.records, this.#time + Math.min(...this.#skews));
  }

  #start(index: 0 | 1): Server {
    const now = () => this.#time + this.#skews[index];
    const store = this.#store.connect(now);
    const sessions = assembleSessions<Marks>(
      {
        store,
        initial: () => ({ marks: [] }),
        now,
        randomBytes: this.#random.bytes,
        idleTimeout: '30m',
        absoluteTimeout: '2h',
        renewAfter: '10m',
        perUser: { max: MAX, onExceed: this.#onExceed },
        onEvent: (event) => this.#guard(() => this.#hear(event)),
      },
      () => store.wait(),
      this.#isolates,
    );
    return { now, store, sessions };
  }

  #hear(event: SessionEvent): void {
    this.reached.add(event.type);
    const { sessionId } = event;
    if (sessionId === undefined) return;
    if (['destroyed', 'revoked', 'expired', 'finished'].includes(event.type)) {
      this.history.noteEnded(sessionId, event.type);
    }
    if (event.type === 'revoked' && event.by === 'sign-in' && withinFinish.getStore() === true) {
      this.history.checkUnsent(sessionId);
    }
    if (event.type === 'reused' && event.ended) this.history.noteEnded(sessionId, 'reused');
  }

  /** Advances the clock: mostly a little, sometimes past a renewal or a timeout. */
  #passTime(): void {
    this.#time += this.#random.pick(LENGTHS);
    this.history.tick(`time is ${this.#time}`);
  }

  #crash(): void {
    this.#hasCrashed = true;
    const index = this.#random.int(2) === 0 ? 0 : 1;
    this.history.tick(`server ${index} crashed`);
    const crashed = this.#servers[index];
    crashed.store.crash();
    for (const [request, server] of this.#unfinished) {
      if (server === crashed) this.#unfinished.delete(request);
    }
    this.#active = 0;
    this.#running.clear();
    this.#servers[index] = this.#start(index);
    this.reached.add('crash');
  }

  /** Stops one request in the middle: its client is gone, and the runtime runs it no further. */
  #stopRequest(): void {
    const [request] = [...this.#running].slice(this.#random.int(this.#running.size));
    if (request === undefined) return;
    this.#hasCrashed = true;
    this.history.tick('a request was stopped');
    this.#running.delete(request);
    this.#unfinished.delete(request);
    this.#active -= 1;
    this.#store.stop(request);
    this.reached.add('stop');
  }

  /** Sends one request: presents a token, does one to three things, and receives a response. */
  async #request(): Promise<void> {
    const server = this.#servers[this.#random.int(2) === 0 ? 0 : 1];
    const browser = this.#random.pick(this.#browsers);
    const presented = this.#choosesToken(browser);
    const request: StoppableRequest = { isStopped: false };
    this.#active += 1;
    this.#running.add(request);
    this.#unfinished.set(request, server);
    try {
      for (let left = this.#crowds ? this.#random.int(MAX_DELAY) : 0; left > 0; left -= 1) await undefined;
      await requestOf.run(request, () => this.#serve(server, browser, presented));
    } catch (error) {
      this.#broken ??= error;
    } finally {
      this.#unfinished.delete(request);
      // Those that a crash or a stop has ended are counted already.
      if (this.#running.delete(request)) this.#active -= 1;
    }
  }

  #choosesToken(browser: Browser): string | undefined {
    const { tokens } = browser;
    const { granted } = this.history;
    const known = granted[this.#random.int(Math.max(1, granted.length))];
    if (known !== undefined && this.#random.chance(0.05)) return this.#forge(known.id);
    if (known !== undefined && this.#random.chance(0.15)) return known.text;
    if (tokens.length === 0 || this.#random.chance(0.03)) return undefined;
    return this.#random.chance(this.#isCalm ? 0.6 : 0.85)
      ? tokens.at(-1)
      : tokens[this.#random.int(tokens.length)];
  }

  /** Makes a token with a known ID and a guessed secret. */
  #forge(id: string): string {
    const characters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
    let secret = '';
    while (secret.length < 42) secret += characters.charAt(this.#random.int(26));
    return `${id}${secret}A`;
  }

  async #serve(server: Server, browser: Browser, presented: string | undefined): Promise<void> {
    const { history } = this;
    const actions = this.#actions;
    if (presented !== undefined) history.notePresented(presented);
    const { ip } = browser;
    const visit = server.sessions.open(requestWith(presented && `__Host-session=${presented}`, ip));
    const asker = { ip, openedAt: server.now(), hash: hashSecret((presented ?? '').slice(22)) };
    const began = history.tick(`request with ${presented?.slice(0, 30)}`);
    const { session } = visit;
    if (!(await actions.attempt('load', () => askerOf.run(asker, () => session.load())))) return;
    const admittedAt = history.tick(
      `loaded ${session.id} of ${session.userId}, ended ${session.ended?.reason}`,
    );
    const isSuccessor = session.ended?.reason === 'finished' && session.id !== undefined;
    if (session.id !== undefined && presented !== undefined && isSuccessor) {
      history.checkHandedOver(presented.slice(0, 22), session.id);
    } else if (session.id !== undefined && presented !== undefined) {
      history.checkServed(presented, session.id, session.userId, session.data.marks, began);
      const broken = history.comebacks.brokenBy(asker, began);
      if (broken !== undefined) history.fail(broken);
      if (history.comebacks.isLate(asker)) this.reached.add('served late');
    }
    this.#checkReceipt(session, presented);
    for (let left = 1 + this.#random.int(3); left > 0; left -= 1) {
      await actions.act(server.sessions, session, presented);
    }
    const line = visit.seal().find(([name]) => name === 'set-cookie')?.[1];
    const text = line?.slice(line.indexOf('=') + 1, line.indexOf(';'));
    const isSignedOut = presented !== undefined && actions.signedOut.has(presented.slice(0, 22));
    if (text === '' && !actions.destroyers.has(session) && !isSignedOut) {
      history.fail('a cookie is cleared only after the session was destroyed');
    }
    if (text === undefined || text === '') return;
    const token = parseToken(text, []);
    if (typeof token === 'string') throw new PromiseBroken(`a token was sent that is ${token}`);
    history.tick(`sent ${text.slice(0, 30)}`);
    history.noteGranted({ text, ...token, admittedAt: actions.redrawnAt.get(session) ?? admittedAt });
    if (this.#random.chance(0.85)) browser.tokens.push(text);
  }

  #checkReceipt(session: Session<Marks>, presented: string | undefined): void {
    const { receipt } = session.ended ?? {};
    if (session.ended?.reason !== 'finished' || presented === undefined) return;
    const id = presented.slice(0, 22);
    if (!this.history.granted.some(({ text }) => text === presented)) {
      this.history.fail('only an accepted secret learns that a session was finished');
    }
    if (typeof receipt === 'string') this.history.noteReceipt(id, receipt);
    const isCertain = !this.#hasCrashed && !this.#hasFaults;
    if (isCertain && this.#active === 1 && this.history.finishCount(id) !== 1) {
      this.history.fail('if nothing failed, one finish resolved true');
    }
  }

  /** Keeps what a callback throws, since the library ignores errors of a listener. */
  #guard(check: () => void): void {
    try {
      check();
    } catch (error) {
      this.#broken ??= error;
    }
  }
}

/** Lets everything run that does not wait for the store. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
