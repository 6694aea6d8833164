import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it } from 'vitest';
import type { Session } from '../../src/session/session-types.ts';
import { assembleSessions } from '../../src/sessions.ts';
import { memoryStore } from '../../src/store/memory/memory-store.ts';
import type { SessionStore } from '../../src/store/store.ts';
import { fakeClock } from '../../src/testing/fake-clock.ts';
import { Browser } from '../support/browser.ts';

interface Cart {
  cart: string[];
}

/** Where a request is stopped. */
type Moment = 'read' | 'before the write' | 'after the write' | 'wait';

/** A request, as workerd runs it: once it is stopped, nothing that it waits for ever arrives. */
interface Running {
  readonly stopsAt: Moment | undefined;
}

/** Sessions in a runtime that isolates requests. Each wait takes its time on the clock, and one turn of the event loop. */
function isolated() {
  const clock = fakeClock();
  const inner = memoryStore();
  const running = new AsyncLocalStorage<Running>();
  const pass = async (moment: Moment) => {
    await new Promise((resolve) => setImmediate(resolve));
    if (running.getStore()?.stopsAt === moment) await new Promise(() => {});
  };
  const store: SessionStore = {
    read: async (key) => {
      await pass('read');
      return inner.read(key);
    },
    compareAndSet: async (key, expected, next) => {
      await pass('before the write');
      const isWritten = await inner.compareAndSet(key, expected, next);
      await pass('after the write');
      return isWritten;
    },
  };
  const wait = async (milliseconds: number) => {
    clock.advance(milliseconds);
    await pass('wait');
  };
  const sessions = assembleSessions<Cart>(
    { store, initial: () => ({ cart: [] }), now: clock.now },
    wait,
    true,
  );
  const run = <T>(stopsAt: Moment | undefined, request: () => T) => running.run({ stopsAt }, request);
  const add = (session: Session<Cart>, sku: string, stopsAt?: Moment) =>
    run(stopsAt, () => session.update((data) => data.cart.push(sku)));
  return { clock, sessions, run, add };
}

/** Loads a session in several requests. */
async function visits({ clock, sessions }: ReturnType<typeof isolated>, count: number) {
  const browser = new Browser();
  await browser.use(sessions, (session) => session.update({}));
  const loaded = await Promise.all(Array.from({ length: count }, () => browser.load(sessions)));
  // What was loaded is too old to write from, so that the batch begins with a read.
  clock.advance(300);
  return { browser, sessions: loaded.map(({ session }) => session) };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));
const cartOf = async (browser: Browser, env: ReturnType<typeof isolated>) =>
  (await browser.use(env.sessions, ({ data }) => [...data.cart])).toSorted();

describe('in a runtime that stops requests', () => {
  it.for(['read', 'before the write', 'after the write'] as const)(
    'updates that are in one batch with that of a request stopped at %s are all kept within two seconds',
    async (moment) => {
      const env = isolated();
      const { browser, sessions } = await visits(env, 6);
      const [stopped, ...others] = sessions;
      if (stopped === undefined) throw new Error('Six visits were loaded.');
      const start = env.clock.now();
      void env.add(stopped, 'stopped', moment);
      await Promise.all(others.map((session, i) => env.add(session, `sku ${i}`)));
      expect(env.clock.now() - start).toBeLessThan(5 * 2000);
      expect(await cartOf(browser, env)).toEqual(['sku 0', 'sku 1', 'sku 2', 'sku 3', 'sku 4', 'stopped']);
    },
  );

  it.for([
    ['read', []],
    ['before the write', []],
    ['after the write', ['stopped']],
  ] as const)(
    'updates that wait behind a request stopped at %s are all kept, and it is not written for it later',
    async ([moment, ofStopped]) => {
      const env = isolated();
      const { browser, sessions } = await visits(env, 6);
      const [stopped, ...others] = sessions;
      if (stopped === undefined) throw new Error('Six visits were loaded.');
      void env.add(stopped, 'stopped', moment);
      for (let i = 0; i < 4; i += 1) await turn();
      await Promise.all(others.map((session, i) => env.add(session, `sku ${i}`)));
      expect(await cartOf(browser, env)).toEqual(['sku 0', 'sku 1', 'sku 2', 'sku 3', 'sku 4', ...ofStopped]);
    },
  );

  it('an update whose request was stopped while it waited is not written for it later', async () => {
    const env = isolated();
    const { browser, sessions } = await visits(env, 3);
    const [first, stopped, last] = sessions;
    if (first === undefined || stopped === undefined || last === undefined)
      throw new Error('Three visits were loaded.');
    const writing = env.add(first, 'first');
    await turn();
    void env.add(stopped, 'stopped', 'wait');
    await turn();
    env.clock.advance(1001);
    await writing;
    await env.add(last, 'last');
    expect(await cartOf(browser, env)).toEqual(['first', 'last']);
  });

  it('an update that was only slow is written once', async () => {
    const env = isolated();
    const { browser, sessions } = await visits(env, 3);
    const [first, slow, last] = sessions;
    if (first === undefined || slow === undefined || last === undefined)
      throw new Error('Three visits were loaded.');
    const writing = env.add(first, 'first');
    await turn();
    const late = env.add(slow, 'slow');
    env.clock.advance(5000);
    await Promise.all([writing, late, env.add(last, 'last')]);
    expect(await cartOf(browser, env)).toEqual(['first', 'last', 'slow']);
  });

  it('an update that was slow in one batch with a stopped one says that its outcome is unknown, and ends', async () => {
    const env = isolated();
    const { browser, sessions } = await visits(env, 3);
    const [stopped, slow, last] = sessions;
    if (stopped === undefined || slow === undefined || last === undefined)
      throw new Error('Three visits were loaded.');
    void env.add(stopped, 'stopped', 'read');
    const late = env.add(slow, 'slow');
    late.catch(() => {});
    for (let i = 0; i < 4; i += 1) await turn();
    env.clock.advance(5000);
    await env.add(last, 'last');
    await expect(late).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
    expect(await cartOf(browser, env)).toEqual(['last']);
  });

  it('sign-ins of one user go on beside one whose request was stopped', async () => {
    const env = isolated();
    const browsers = Array.from({ length: 4 }, () => new Browser());
    const loaded = await Promise.all(browsers.map((browser) => browser.load(env.sessions)));
    const [stopped, ...others] = loaded.map(({ session }) => session);
    env.run('before the write', () => stopped?.signIn('ada'));
    await Promise.all(others.map((session) => session.signIn('ada')));
    expect(others.map(({ userId }) => userId)).toEqual(['ada', 'ada', 'ada']);
    expect(await env.sessions.list('ada')).toHaveLength(3);
  });
});
