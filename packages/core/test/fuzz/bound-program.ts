import { SessionError } from '../../src/common/errors.ts';
import { decodeSession } from '../../src/records/record.ts';
import type { SessionEvent } from '../../src/session/events.ts';
import type { Sessions } from '../../src/session/sessions-types.ts';
import { assembleSessions } from '../../src/sessions.ts';
import { BOUND, BoundBrowser, TOKEN } from '../support/bound-browser.ts';
import { HOME_IP } from '../support/request.ts';
import { toyBinding, toyKey } from '../support/toy-key.ts';
import { OrderedStore, type Responds } from './ordered-store.ts';
import { type Seeded, seeded } from './seeded.ts';

const MINUTE = 60_000;
const LIFETIME = 10 * MINUTE;
/** The grace after the lifetime, and the difference of two clocks. */
const AFTER_LIFETIME = MINUTE + 10_000;
const ROUNDS = 14;
const PAUSES: readonly [number, ...number[]] = [
  1_000,
  MINUTE,
  3 * MINUTE,
  8 * MINUTE,
  11 * MINUTE,
  16 * MINUTE,
  40 * MINUTE,
];

/** The result of a program. */
export interface BoundResult {
  readonly broken: string | undefined;
  /** What happened, to show that the search reaches it. */
  readonly reached: ReadonlyMap<string, number>;
}

class Broken extends Error {}

/** A visitor's browser: it refreshes before a request whose bound cookie is missing or about to expire, as Chromium does. */
class Owner {
  readonly name: string;
  readonly browser: BoundBrowser;
  /** When the bound cookie in the jar expires. */
  expiresAt = 0;
  /** Whether a request has seen that the session is bound. */
  isBound = false;
  #keys = 0;

  constructor(name: string) {
    this.name = name;
    this.browser = new BoundBrowser(() => {
      this.#keys += 1;
      return toyKey(`${name}-${this.#keys}`);
    });
  }
}

interface Theft {
  readonly owner: Owner;
  readonly browser: BoundBrowser;
  readonly at: number;
  /** Another network than the owner's, or the same. */
  readonly ip: string;
}

/** Owners whose responses get lost, and thieves with copies of their cookies, on two servers over one store whose calls happen in any order. */
class BoundProgram {
  readonly reached = new Map<string, number>();
  readonly #random: Seeded;
  readonly #store: OrderedStore;
  readonly #servers: readonly [Sessions<object>, Sessions<object>];
  readonly #loss: number;
  readonly #owners: readonly Owner[];
  readonly #thefts: Theft[] = [];
  #time = Date.UTC(2026, 0, 1);
  #broken: Error | undefined;

  constructor(seed: number, owners: number, loss: number | undefined, responds: Responds) {
    this.#random = seeded(seed);
    this.#loss = loss ?? this.#random.pick([0, 0.2, 0.5]);
    this.#owners = Array.from({ length: owners }, (_, i) => new Owner(`user${i}`));
    this.#store = new OrderedStore(this.#random, { rate: 0, responds }, ({ before, after }) => {
      const earlier = before && decodeSession(before);
      const later = after && decodeSession(after);
      if (!earlier?.device || !later || later.finish !== undefined || earlier.device.boundAt === null) return;
      const isSame =
        later.device?.key === earlier.device.key && later.device.boundAt === earlier.device.boundAt;
      if (!isSame) this.#fail('a bound session is never downgraded, and keeps its key');
      if ((later.device?.cookies.length ?? 0) > 8) this.#fail('the cookies of a session are bounded');
    });
    const skew = this.#random.int(10_001) - 5_000;
    this.#servers = [this.#start(0), this.#start(skew)];
  }

  async run(): Promise<void> {
    for (const owner of this.#owners) await this.#together([this.#signIn(owner)]);
    for (let round = 0; round < ROUNDS; round += 1) {
      await this.#together(this.#owners.flatMap((owner) => this.#roundOf(owner)));
      for (const owner of this.#owners) if (this.#random.chance(0.15)) this.#steal(owner);
      await this.#together(this.#thefts.map((theft) => this.#use(theft)));
      this.#time += this.#random.pick(PAUSES);
    }
    // Nothing is lost any more: each owner is still signed in.
    for (const owner of this.#owners) await this.#together([this.#visit(owner, 0, true)]);
  }

  #start(skew: number): Sessions<object> {
    const now = () => this.#time + skew;
    const store = this.#store.connect(now);
    return assembleSessions<object>(
      {
        store,
        now,
        randomBytes: this.#random.bytes,
        idleTimeout: '12h',
        absoluteTimeout: '2d',
        deviceBinding: toyBinding(),
        onEvent: (event: SessionEvent) => this.#note(event.type),
      },
      () => store.wait(),
    );
  }

  get #server(): Sessions<object> {
    return this.#servers[this.#random.int(2) === 0 ? 0 : 1];
  }

  /** What one browser does at once. What draws a secret at once is not lost, since that would sign the visitor out by itself. */
  #roundOf(owner: Owner): Promise<unknown>[] {
    if (this.#random.chance(0.2)) {
      const refreshing = this.#random.chance(0.5) ? [this.#refresh(owner, this.#loss)] : [];
      return [this.#exclusive(owner), ...refreshing];
    }
    return Array.from({ length: 1 + this.#random.int(3) }, () => this.#visit(owner, this.#loss));
  }

  async #signIn(owner: Owner): Promise<void> {
    await owner.browser.use(this.#server, (session) => session.signIn(owner.name));
    if (this.#random.chance(0.8)) await this.#register(owner, this.#loss);
  }

  async #exclusive(owner: Owner): Promise<void> {
    const call = this.#random.pick(['signIn', 'renew', 'finish']);
    await this.#refreshIfDue(owner, 0);
    await owner.browser.use(this.#server, async (session) => {
      if (session.userId === undefined) return;
      try {
        if (call === 'signIn') await session.signIn(owner.name);
        else if (call === 'renew') await session.renew();
        else await session.finish(null, { keepUser: true });
        this.#note(call);
      } catch (error) {
        if (!(error instanceof SessionError)) throw error;
      }
    });
  }

  async #visit(owner: Owner, loss: number, isLast = false): Promise<void> {
    await this.#refreshIfDue(owner, loss);
    const { browser } = owner;
    // One that set out before may still respond as it was then.
    const wasBound = owner.isBound;
    const isCurrent = browser.cookies.has(BOUND) && this.#time < owner.expiresAt;
    const isLost = this.#random.chance(loss);
    const seen = await browser.use(
      this.#server,
      (session) => ({ userId: session.userId, reason: session.ended?.reason, isBound: session.isBound() }),
      { isLost },
    );
    if (seen.isBound) owner.isBound = true;
    if (seen.userId !== owner.name) {
      this.#note(`refused ${seen.reason}`);
      if (isLast) this.#fail(`an honest visitor is never signed out (${seen.reason})`);
      // Its refresh was lost, so it had no cookie to send.
      if (isCurrent || seen.reason !== 'unbound')
        this.#fail(`a request with a live bound cookie is served (${seen.reason})`);
    } else if (wasBound && !seen.isBound) this.#fail('a session that is bound stays so');
    if (browser.offer !== undefined && this.#random.chance(0.9)) await this.#register(owner, loss);
  }

  async #register(owner: Owner, loss: number): Promise<void> {
    const isLost = this.#random.chance(loss);
    const response = await owner.browser.register(this.#server, isLost);
    this.#note(`register ${response.status}`);
    if (!isLost && response.status === 200) owner.expiresAt = this.#time + LIFETIME;
  }

  async #refreshIfDue(owner: Owner, loss: number): Promise<void> {
    if (this.#time >= owner.expiresAt) owner.browser.cookies.delete(BOUND);
    if (this.#time >= owner.expiresAt - 2 * MINUTE) await this.#refresh(owner, loss);
  }

  async #refresh(owner: Owner, loss: number): Promise<void> {
    const isLost = this.#random.chance(loss);
    const { binding } = owner.browser;
    const response = await owner.browser.refresh(this.#server, isLost);
    if (response === undefined) return;
    this.#note(isLost ? 'refresh lost' : `refresh ${response.status}`);
    if (!isLost && response.headers.some(([name]) => name === 'set-cookie'))
      owner.expiresAt = this.#time + LIFETIME;
    if (owner.isBound && owner.browser.binding === undefined && binding !== undefined)
      this.#fail('the binding of a live session is not ended in its browser');
  }

  /** Copies the cookies, with or without the bound one. */
  #steal(owner: Owner): void {
    if (!owner.isBound || !owner.browser.cookies.has(TOKEN)) return;
    const browser = owner.browser.stolen(...(this.#random.chance(0.3) ? [BOUND] : []));
    const { binding } = owner.browser;
    browser.binding = binding && { ...binding, key: toyKey('thief') };
    browser.offer = binding?.challenge;
    const ip = this.#random.pick([HOME_IP, '198.51.100.9']);
    this.#thefts.push({ owner, browser, at: this.#time, ip });
  }

  async #use({ owner, browser, at, ip }: Theft): Promise<void> {
    if (this.#random.chance(0.2)) await browser.register(this.#server);
    if (this.#random.chance(0.2)) await browser.refresh(this.#server);
    const userId = await browser.use(this.#server, (session) => session.userId, { ip });
    const isOver = this.#time > at + LIFETIME + AFTER_LIFETIME;
    this.#note(isOver ? 'theft after the lifetime' : 'theft');
    if (isOver && userId === owner.name)
      this.#fail('no theft is served after the lifetime of the bound cookie');
  }

  /** Runs what happens at once, until all of it is over. */
  async #together(running: readonly Promise<unknown>[]): Promise<void> {
    let isOver = false;
    const all = Promise.all(running).then(
      () => {
        isOver = true;
      },
      (error: unknown) => {
        isOver = true;
        this.#broken ??= error instanceof Error ? error : new Error(String(error));
      },
    );
    while (!isOver) {
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      if (this.#store.isWaiting) this.#store.step();
      if (this.#random.chance(0.05)) this.#time += this.#random.int(2_000);
    }
    await all;
    if (this.#broken !== undefined) throw this.#broken;
  }

  #note(what: string): void {
    this.reached.set(what, (this.reached.get(what) ?? 0) + 1);
  }

  #fail(text: string): void {
    this.#broken ??= new Broken(text);
  }
}

/** Runs the program of a seed, and returns which promise it broke, if any. Without `loss` the seed draws the share of responses that are lost. */
export async function runBoundProgram(
  seed: number,
  owners = 3,
  loss?: number,
  responds: Responds = 'later',
): Promise<BoundResult> {
  const program = new BoundProgram(seed, owners, loss, responds);
  try {
    await program.run();
    return { broken: undefined, reached: program.reached };
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    return { broken: error.message, reached: program.reached };
  }
}
