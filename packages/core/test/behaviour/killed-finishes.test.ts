import { describe, expect, it } from 'vitest';
import type { Session } from '../../src/session/session-types.ts';
import type { Sessions } from '../../src/session/sessions-types.ts';
import { assembleSessions } from '../../src/sessions.ts';
import { type MemoryStore, memoryStore } from '../../src/store/memory/memory-store.ts';
import type { SessionStore } from '../../src/store/store.ts';
import { fakeClock } from '../../src/testing/fake-clock.ts';
import { Browser } from '../support/browser.ts';

/** More store calls than a request with a finish makes. */
const MAX_CALLS = 16;
const MINUTE = 60_000;

interface Order {
  items: string[];
}

/** What happens to one call of a server: it stops there before or after the call is applied, or the call fails. */
type Fate = 'stops before' | 'stops after' | 'fails before' | 'fails after';

/** A server's connection to the store, which meets a fate at its n-th call. */
class Connection implements SessionStore {
  readonly stopped: Promise<void>;
  calls = 0;
  /** Runs before each call. */
  before: (n: number) => Promise<void> | undefined = () => undefined;
  readonly #store: MemoryStore;
  readonly #at: number;
  readonly #fate: Fate;
  readonly #stop = Promise.withResolvers<void>();
  readonly #resumed = Promise.withResolvers<void>();

  constructor(store: MemoryStore, at = 0, fate: Fate = 'stops before') {
    this.#store = store;
    this.#at = at;
    this.#fate = fate;
    this.stopped = this.#stop.promise;
  }

  /** Lets a server that stopped go on: it was slow, not killed. */
  resume(): Promise<void> {
    this.#resumed.resolve();
    return new Promise((resolve) => setImmediate(resolve));
  }

  read: SessionStore['read'] = (key) => this.#call(() => this.#store.read(key));

  compareAndSet: SessionStore['compareAndSet'] = (key, expected, next) =>
    this.#call(() => this.#store.compareAndSet(key, expected, next));

  async #call<T>(apply: () => T | PromiseLike<T>): Promise<T> {
    this.calls += 1;
    const n = this.calls;
    await this.before(n);
    // A store that has failed once fails for the read after too, so that the outcome stays unknown.
    const isHit = this.#fate.startsWith('fails') ? n === this.#at || n === this.#at + 1 : n === this.#at;
    if (isHit && this.#fate === 'fails before') throw new Error('down');
    if (isHit && this.#fate === 'stops before') await this.#pause();
    const result = await apply();
    if (isHit && this.#fate === 'fails after') throw new Error('down');
    if (isHit && this.#fate === 'stops after') await this.#pause();
    return result;
  }

  #pause(): Promise<void> {
    this.#stop.resolve();
    return this.#resumed.promise;
  }
}

/** A signed-in customer, and servers that share a store. */
async function shop() {
  const clock = fakeClock();
  const store = memoryStore();
  const serve = (connection: SessionStore): Sessions<Order> =>
    assembleSessions<Order>({ store: connection, initial: () => ({ items: [] }), now: clock.now }, () =>
      Promise.resolve(),
    );
  const browser = new Browser();
  await browser.use(serve(store), async (session) => {
    await session.signIn('ada');
    await session.update(({ items }) => items.push('coat'));
  });
  return { clock, store, serve, browser };
}

/** The handler of a checkout as the documentation shows it. Returns the session that the visitor goes on with. */
async function checkOut(session: Session<Order>): Promise<string | undefined> {
  if (session.ended?.reason !== 'finished')
    await session.finish(({ items }) => [...items], { keepUser: true });
  return session.ended?.reason === 'finished' ? session.id : undefined;
}

/** Each request repeats the cookie of the session that is finished. */
function request(sessions: Sessions<Order>, browser: Browser): Promise<string | undefined> {
  return browser
    .copy()
    .use(sessions, checkOut)
    .catch(() => undefined);
}

describe('whatever one server dies of within a finish, and whatever another does meanwhile', () => {
  it.each<[name: string, fate: Fate, late: number, resumes: boolean]>([
    ['is killed before a call', 'stops before', 0, false],
    ['is killed after a call', 'stops after', 0, false],
    ['is slow before a call', 'stops before', 0, true],
    ['is slow after a call', 'stops after', 0, true],
    ['loses the store before a call', 'fails before', 0, false],
    ['loses the store after a call', 'fails after', 0, false],
    ...Array.from({ length: MAX_CALLS }, (_, i) => i + 1).map((late): [string, Fate, number, boolean] => [
      `goes on before call ${late} of the other`,
      'stops before',
      late,
      true,
    ]),
  ])('at most one successor is handed out, if it %s', async (_, fate, late, resumes) => {
    const lengths = new Set<number>();
    for (const ageOfToken of [1, 15 * MINUTE]) {
      for (let at = 1; at <= MAX_CALLS; at += 1) {
        const { clock, store, serve, browser } = await shop();
        clock.advance(ageOfToken);
        const [one, two] = [new Connection(store, at, fate), new Connection(store)];
        if (late > 0) two.before = (n) => (n === late ? one.resume() : undefined);
        const first = request(serve(one), browser);
        await Promise.race([first, one.stopped]);
        const other = serve(two);
        const handedOut = [await request(other, browser)];
        if (resumes) await one.resume();
        if (resumes || fate.startsWith('fails')) handedOut.push(await first);
        handedOut.push(await request(other, browser), await request(serve(store), browser));
        const ids = new Set(handedOut.filter((id) => id !== undefined));
        expect([...ids], `call ${at}`).toHaveLength(1);
        expect(handedOut.at(-1), `call ${at}`).toBe([...ids][0]);
        lengths.add(one.calls);
      }
    }
    // The requests met their fate in different places.
    expect(lengths.size).toBeGreaterThan(1);
  });
});
