import { SessionError } from '../errors.ts';
import type { SessionEvent } from '../events.ts';
import type { Session, Sessions } from '../session-types.ts';
import { assembleSessions } from '../sessions.ts';
import { parseToken } from '../token.ts';
import { userKey } from '../user-index.ts';
import { History, type Marks, PromiseBroken } from './history.ts';
import { OrderedStore, readsOf, type ServerStore } from './ordered-store.ts';
import { requestWith } from './request.ts';
import { type Seeded, seeded } from './seeded.ts';

const USERS: readonly [string, ...string[]] = ['ann', 'bob'];
const MAX = 2;
const MINUTE = 60_000;
const MOST_AT_ONCE = 6;
const REQUESTS = 12;
const MOST_STEPS = 5_000;
const LENGTHS: readonly [number, ...number[]] = [
  1_000,
  ...[5_000, 61_000, 2 * MINUTE, 11 * MINUTE, 11 * MINUTE, 11 * MINUTE, 31 * MINUTE],
];
const ACTIONS: readonly [string, ...string[]] = [
  'look',
  ...['look', 'update', 'update', 'update', 'updates', 'signIn', 'signIn', 'signIn'],
  ...['renew', 'finish', 'destroy', 'revoke', 'revokeUser'],
];

/** What a program is made from: the seed says everything. */
export interface ProgramResult {
  readonly broken: string | undefined;
  readonly trace: readonly string[];
  /** How often each thing happened, to show that the search reaches it. */
  readonly reached: ReadonlySet<string>;
}

/** Runs one random program and says which promise it broke, if any. */
export async function runProgram(seed: number): Promise<ProgramResult> {
  const program = new Program(seed);
  try {
    await program.run();
    return { broken: undefined, trace: program.history.trace, reached: program.reached };
  } catch (error) {
    if (!(error instanceof PromiseBroken)) throw error;
    return { broken: error.message, trace: program.history.trace, reached: program.reached };
  }
}

interface Server {
  readonly store: ServerStore;
  readonly sessions: Sessions<Marks>;
}

/** What a client holds: the tokens that reached it, the latest last. */
interface Browser {
  readonly tokens: string[];
}

class Program {
  readonly history = new History(MAX);
  readonly reached = new Set<string>();
  readonly #random: Seeded;
  readonly #store: OrderedStore;
  readonly #servers: [Server, Server];
  readonly #skews: readonly [number, number];
  readonly #browsers: [Browser, Browser, Browser] = [{ tokens: [] }, { tokens: [] }, { tokens: [] }];
  readonly #crashes: boolean;
  readonly #onExceed: 'end-oldest' | 'refuse';
  #time = Date.UTC(2026, 0, 1);
  #active = 0;
  #marks = 0;
  #hasFaults: boolean;
  #hasCrashed = false;
  #broken: unknown;

  constructor(seed: number) {
    this.#random = seeded(seed);
    this.#hasFaults = this.#random.chance(0.4);
    this.#crashes = this.#random.chance(0.4);
    this.#onExceed = this.#random.chance(0.7) ? 'end-oldest' : 'refuse';
    this.#skews = [this.#random.int(10_001) - 5_000, this.#random.int(10_001) - 5_000];
    this.#store = new OrderedStore(this.#random, { rate: this.#hasFaults ? 0.12 : 0 }, (landing) =>
      this.#guard(() => this.history.checkLanding(landing)),
    );
    this.#servers = [this.#start(0), this.#start(1)];
  }

  async run(): Promise<void> {
    let left = REQUESTS;
    for (let step = 0; step < MOST_STEPS; step += 1) {
      if (left > 0 && this.#active < MOST_AT_ONCE && (this.#active === 0 || this.#random.chance(0.25))) {
        left -= 1;
        void this.#request();
      } else if (this.#store.isWaiting) {
        this.#store.step();
      } else if (left === 0) {
        break;
      }
      if (this.#random.chance(0.03)) this.#passTime();
      if (this.#crashes && this.#random.chance(0.01)) this.#crash();
      await settled();
      if (this.#broken !== undefined) throw this.#broken;
      if (this.#random.chance(0.1)) this.#audit();
    }
    this.#store.settleLate();
    await settled();
    if (this.#broken !== undefined) throw this.#broken;
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
    );
    return { store, sessions };
  }

  #hear(event: SessionEvent): void {
    this.reached.add(event.type);
    const { sessionId } = event;
    if (sessionId === undefined) return;
    if (['destroyed', 'revoked', 'expired', 'finished'].includes(event.type)) {
      this.history.noteEnded(sessionId, event.type);
    }
    if (event.type === 'reused' && event.ended) this.history.noteEnded(sessionId, 'reused');
  }

  /** Passes a length of time: mostly short, sometimes past a renewal or a timeout. */
  #passTime(): void {
    this.#time += this.#random.pick(LENGTHS);
    this.history.tick(`time is ${this.#time}`);
  }

  #crash(): void {
    this.#hasCrashed = true;
    const index = this.#random.int(2) === 0 ? 0 : 1;
    this.history.tick(`server ${index} crashed`);
    this.#servers[index].store.crash();
    this.#active = 0;
    this.#servers[index] = this.#start(index);
    this.reached.add('crash');
  }

  /** One request: presents a token, does one to three things, and is answered. */
  async #request(): Promise<void> {
    const server = this.#servers[this.#random.int(2) === 0 ? 0 : 1];
    const browser = this.#random.pick(this.#browsers);
    const presented = this.#choosesToken(browser);
    this.#active += 1;
    try {
      await this.#serve(server, browser, presented);
    } catch (error) {
      this.#broken ??= error;
    } finally {
      this.#active -= 1;
    }
  }

  #choosesToken(browser: Browser): string | undefined {
    const { tokens } = browser;
    const { granted } = this.history;
    const known = granted[this.#random.int(Math.max(1, granted.length))];
    if (known !== undefined && this.#random.chance(0.05)) return this.#forge(known.id);
    if (known !== undefined && this.#random.chance(0.15)) return known.text;
    if (tokens.length === 0 || this.#random.chance(0.03)) return undefined;
    return this.#random.chance(0.85) ? tokens.at(-1) : tokens[this.#random.int(tokens.length)];
  }

  /** Makes a token of somebody who knows an ID, which is public, and guesses the secret. */
  #forge(id: string): string {
    const characters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
    let secret = '';
    while (secret.length < 42) secret += characters.charAt(this.#random.int(26));
    return `${id}${secret}A`;
  }

  async #serve(server: Server, browser: Browser, presented: string | undefined): Promise<void> {
    const { history } = this;
    if (presented !== undefined) history.notePresented(presented);
    const visit = server.sessions.open(requestWith(presented && `__Host-session=${presented}`));
    const began = history.tick(`request with ${presented?.slice(0, 30)}`);
    const { session } = visit;
    if (!(await this.#attempt('load', () => session.load()))) return;
    const admittedAt = history.tick(
      `loaded ${session.id} of ${session.userId}, ended ${session.ended?.reason}`,
    );
    const isSuccessor = session.ended?.reason === 'finished' && session.id !== undefined;
    if (session.id !== undefined && presented !== undefined && !isSuccessor) {
      history.checkServed(presented, session.id, session.userId, session.data.marks, began);
    }
    this.#checkReceipt(session, presented);
    const actions = 1 + this.#random.int(3);
    for (let left = actions; left > 0; left -= 1) await this.#act(server, session, presented);
    const line = visit.seal().find(([name]) => name === 'set-cookie')?.[1];
    const text = line?.slice(line.indexOf('=') + 1, line.indexOf(';'));
    if (text === '' && !this.#destroyers.has(session)) {
      history.fail('a cookie is cleared only for the request that destroyed the session');
    }
    if (text === undefined || text === '') return;
    const token = parseToken(text, []);
    if (typeof token === 'string') throw new PromiseBroken(`a token that goes out is ${token}`);
    history.tick(`sent ${text.slice(0, 30)}`);
    history.noteGranted({ text, ...token, admittedAt: this.#redrawnAt.get(session) ?? admittedAt });
    if (this.#random.chance(0.85)) browser.tokens.push(text);
  }

  /** The visits that ended their session by destroy. */
  readonly #destroyers = new WeakSet<object>();
  /** When a visit last drew a secret itself. */
  readonly #redrawnAt = new WeakMap<object, number>();

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
      this.history.fail('where nothing failed one finish resolved true');
    }
  }

  async #act(server: Server, session: Session<Marks>, presented: string | undefined): Promise<void> {
    const kind = this.#random.pick(ACTIONS);
    const { id } = session;
    if (id !== undefined && kind !== 'update' && kind !== 'updates') this.history.noteStructural(id);
    switch (kind) {
      case 'look':
        return;
      case 'update':
        return this.#update(session);
      case 'updates':
        await Promise.all([this.#update(session), this.#update(session)]);
        return;
      case 'signIn':
        return this.#signIn(session, presented);
      case 'renew':
        return this.#renew(session);
      case 'finish':
        return this.#finish(session);
      case 'destroy':
        if (id !== undefined && (await this.#attempt('destroy', () => session.destroy()))) {
          if (this.history.hasEnded(id)) this.#destroyers.add(session);
        }
        return;
      default:
        return this.#revoke(server, kind === 'revokeUser');
    }
  }

  async #update(session: Session<Marks>): Promise<void> {
    this.#marks += 1;
    const mark = `m${this.#marks}`;
    const id = session.id;
    const note = id === undefined ? undefined : this.history.noteUpdate(id, mark);
    this.history.noteMarkUser(mark, session.userId);
    const answer = await this.#attempt('update', () => session.update(({ marks }) => void marks.push(mark)));
    if (note === undefined) return;
    if (answer) note.resolvedAt = this.history.tick(`update ${mark} resolved`);
    else note.wasRejected = this.#lastError?.code !== 'ERR_STORE_UNAVAILABLE';
    if (note.wasRejected) this.history.tick(`update ${mark} rejected: ${this.#lastError?.code}`);
  }

  async #signIn(session: Session<Marks>, presented: string | undefined): Promise<void> {
    const userId = this.#random.pick(USERS);
    const { id: before } = session;
    const wasAnonymous = session.userId === undefined;
    const calledAt = this.history.tick(`sign-in of ${userId} on ${before}`);
    let beganAt: number | undefined;
    const key = userKey(userId);
    const hear = (read: string) => {
      if (read === key) beganAt ??= this.history.tick(`sign-in of ${userId} on ${before} read the index`);
    };
    if (await this.#attempt('signIn', () => readsOf.run(hear, () => session.signIn(userId)))) {
      const { id = '' } = session;
      this.history.revocations.noteSignIn({ userId, beganAt: beganAt ?? calledAt, sessionId: id });
      if (id === before) this.history.noteRekeyed(id, calledAt, '');
      this.#redrawnAt.set(session, this.history.tick('signed in'));
    } else if (
      this.#lastError?.code === 'ERR_USER_LIMIT' &&
      wasAnonymous &&
      presented?.slice(0, 22) === before
    ) {
      this.history.checkLimitRefused(before ?? '', presented ?? '', this.#store.records.get(before ?? ''));
    }
  }

  async #renew(session: Session<Marks>): Promise<void> {
    const { id } = session;
    const calledAt = this.history.tick(`renewal of ${id}`);
    if (id !== undefined && (await this.#attempt('renew', () => session.renew()))) {
      this.history.noteRekeyed(id, calledAt, '');
      this.#redrawnAt.set(session, this.history.tick('renewed'));
    }
  }

  async #finish(session: Session<Marks>): Promise<void> {
    const { id } = session;
    this.history.tick(`finish of ${id}`);
    let won = false;
    const options = { keepUser: this.#random.chance(0.5) };
    const answered = await this.#attempt('finish', async () => {
      won = await session.finish(({ marks }) => marks.join(' '), options);
    });
    if (answered && won && id !== undefined) {
      const receipt = session.ended?.receipt;
      this.history.noteFinished(id, typeof receipt === 'string' ? receipt : '');
      this.#redrawnAt.set(session, this.history.tick(`finished ${id}`));
    }
  }

  async #revoke(server: Server, all: boolean): Promise<void> {
    const { granted } = this.history;
    const userId = this.#random.pick(USERS);
    const id = granted[this.#random.int(Math.max(1, granted.length))]?.id;
    if (!all) {
      if (id === undefined) return;
      this.history.noteStructural(id);
      await this.#attempt('revoke', () => server.sessions.revoke(userId, id));
      return;
    }
    const except = this.#random.chance(0.3) ? id : undefined;
    const calledAt = this.history.tick(`revocation of ${userId} but ${except}`);
    const options = except === undefined ? {} : { except };
    if (await this.#attempt('revokeUser', () => server.sessions.revokeUser(userId, options))) {
      this.history.noteRevokedUser({ userId, calledAt, except });
    }
  }

  #lastError: SessionError | undefined;

  /** Makes a call and says whether it resolved. Only the library's own errors may come out, and none that the store is not to blame for where it is well. */
  async #attempt(name: string, call: () => Promise<unknown>): Promise<boolean> {
    try {
      await call();
      this.reached.add(name);
      return true;
    } catch (error) {
      if (!(error instanceof SessionError)) throw error;
      this.#lastError = error;
      this.reached.add(`${name} ${error.code}`);
      this.history.tick(`${name} rejected: ${error.code}`);
      if (error.code === 'ERR_STORE_UNAVAILABLE' && !this.#hasFaults) {
        throw new PromiseBroken(`${name} fails for the store only where the store fails`);
      }
      return false;
    }
  }

  /** Keeps what a callback finds, since the library swallows what a listener throws. */
  #guard(check: () => void): void {
    try {
      check();
    } catch (error) {
      this.#broken ??= error;
    }
  }
}

/** Lets everything run that waits for no store. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
