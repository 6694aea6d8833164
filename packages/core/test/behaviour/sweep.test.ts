import { describe, expect, it } from 'vitest';
import type { Session } from '../../src/session/session-types.ts';
import { assembleSessions } from '../../src/sessions.ts';
import { memoryStore } from '../../src/store/memory/memory-store.ts';
import type { SessionStore } from '../../src/store/store.ts';
import { Browser } from '../support/browser.ts';
import { request } from '../support/request.ts';
import { failure, type SetUp, type ShopData, setUp } from '../support/set-up.ts';
import { gate } from '../support/watched-store.ts';

const write = (env: SetUp, browser = new Browser()) =>
  browser.use(env.sessions, (session) => session.update({ note: 'x' }));

async function sessionsExpired(env: SetUp, count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) await write(env);
  env.clock.advance('41m');
}

const sweepsOf = ({ store }: SetUp) => store.calls.filter(({ operation }) => operation === 'sweep');

describe('sweep()', () => {
  it('removes and counts what expired over ten minutes ago, so that a fast clock ends no session', async () => {
    const env = setUp();
    await write(env);
    env.clock.advance(1);
    await write(env);
    env.clock.advance(40 * 60_000 - 1);
    expect(await env.sessions.sweep()).toBe(1);
    expect(env.store.size).toBe(1);
    expect(await env.sessions.sweep()).toBe(0);
    env.clock.advance(1);
    expect(await env.sessions.sweep()).toBe(1);
    expect(env.store.size).toBe(0);
  });

  it('continues in batches until nothing is left', async () => {
    const env = setUp();
    for (let i = 0; i < 450; i += 1) {
      await env.store.inner.compareAndSet(`expired ${i}`, null, { version: 1, expiresAt: i, body: '' });
    }
    expect(await env.sessions.sweep()).toBe(450);
    expect(sweepsOf(env)).toHaveLength(3);
  });

  it('returns 0 if the store removes expired records itself', async () => {
    const { read, compareAndSet } = memoryStore();
    const store: SessionStore = { read, compareAndSet };
    expect(await setUp({ store }).sessions.sweep()).toBe(0);
  });

  it('fails if the store fails', async () => {
    const env = setUp();
    env.store.before = () => 'reject';
    await failure(env.sessions.sweep(), 'ERR_STORE_UNAVAILABLE');
  });
});

describe('where the runtime isolates requests', () => {
  const isolated = (env: SetUp) =>
    assembleSessions<ShopData>(
      { store: env.store, initial: () => ({ cart: [] }), now: env.clock.now },
      () => Promise.resolve(),
      true,
      true,
    );

  it('a sweep is passed to waitUntil, by a grant, a touch and an update', async () => {
    const env = setUp();
    const sessions = isolated(env);
    const browser = new Browser();
    const held: Promise<unknown>[] = [];
    const run = async (use: (session: Session<ShopData>) => unknown) => {
      const opened = await browser.load(sessions, {}, { waitUntil: (promise) => held.push(promise) });
      await use(opened.session);
      opened.respond();
    };
    for (const use of [
      (session: Session<ShopData>) => session.update({ note: 'grant' }),
      () => undefined,
      (session: Session<ShopData>) => session.update({ note: 'update' }),
    ]) {
      env.clock.advance('61s');
      const before = held.length;
      await run(use);
      expect(held.length).toBe(before + 1);
    }
    await Promise.all(held);
    expect(sweepsOf(env)).toHaveLength(3);
  });

  it('sessions made for each request sweep too, if their store is the same', async () => {
    const env = setUp();
    for (let minute = 0; minute < 3; minute += 1) {
      const { session } = await new Browser().load(isolated(env));
      await session.update({ note: 'x' });
      env.clock.advance('61s');
    }
    expect(sweepsOf(env)).toHaveLength(2);
  });

  it('the promise of an asynchronous onEvent is passed to waitUntil', async () => {
    const env = setUp({ onEvent: () => Promise.reject(new Error('the log is down')) });
    const held: Promise<unknown>[] = [];
    const { session } = env.sessions.open(request(), { waitUntil: (promise) => held.push(promise) });
    await session.update({ note: 'x' });
    expect(held).toHaveLength(1);
    await Promise.all(held);
  });

  it('a waitUntil that throws fails nothing', async () => {
    const env = setUp({ onEvent: async () => {} });
    const { session } = env.sessions.open(request(), {
      waitUntil: () => {
        throw new Error('the request has ended');
      },
    });
    await session.update({ note: 'x' });
    expect(session.data.note).toBe('x');
  });
});

describe('the core sweeps', () => {
  it('on a write if the last sweep is a minute old', async () => {
    const env = setUp();
    const browser = new Browser();
    await write(env, browser);
    env.clock.advance(59_999);
    await write(env, browser);
    expect(sweepsOf(env)).toEqual([]);
    env.clock.advance(1);
    await write(env, browser);
    expect(sweepsOf(env)).toHaveLength(1);
    expect(sweepsOf(env)[0]?.key).toBe(String(env.clock.now() - 10 * 60_000));
    await write(env, browser);
    env.clock.advance(59_999);
    await write(env, browser);
    expect(sweepsOf(env)).toHaveLength(1);
    env.clock.advance(1);
    await write(env, browser);
    expect(sweepsOf(env)).toHaveLength(2);
  });

  it('on a write after the clock was set back', async () => {
    let time = Date.UTC(2026, 0, 1);
    const env = setUp({ now: () => time });
    time -= 3_600_000;
    await write(env);
    expect(sweepsOf(env)).toHaveLength(1);
    await write(env);
    expect(sweepsOf(env)).toHaveLength(1);
  });

  it.for([
    ['a grant', (env: SetUp) => write(env)],
    ['a touch', (env: SetUp, browser: Browser) => browser.use(env.sessions, () => {})],
    [
      'a destroy',
      (env: SetUp, browser: Browser) => browser.use(env.sessions, (session) => session.destroy()),
    ],
  ] as const)('after %s, which is a write', async ([, act]) => {
    const env = setUp();
    const browser = new Browser();
    await write(env, browser);
    env.clock.advance('1m');
    await act(env, browser);
    expect(sweepsOf(env)).toHaveLength(1);
  });

  it('never on a read', async () => {
    const env = setUp();
    const browser = new Browser();
    await write(env, browser);
    env.clock.advance('5m');
    await browser.load(env.sessions, {}, { passive: true });
    await new Browser().load(env.sessions);
    expect(sweepsOf(env)).toEqual([]);
  });

  it('and removes what has expired', async () => {
    const env = setUp();
    await sessionsExpired(env, 5);
    await write(env);
    await Promise.resolve();
    expect(env.store.size).toBe(1);
  });

  it('without making requests wait, one sweep at a time', async () => {
    const env = setUp();
    await sessionsExpired(env, 3);
    const held = gate();
    env.store.before = ({ operation }) => (operation === 'sweep' ? held.wait() : undefined);
    await write(env);
    await write(env);
    env.clock.advance('59s');
    await write(env);
    expect(sweepsOf(env)).toHaveLength(1);
    held.open();
  });

  it('even after a request was dropped while it swept', async () => {
    const env = setUp();
    await sessionsExpired(env, 3);
    const dropped = gate();
    env.store.before = ({ operation }) => (operation === 'sweep' ? dropped.wait() : undefined);
    await write(env);
    env.clock.advance('1m');
    await write(env);
    expect(sweepsOf(env)).toHaveLength(2);
    dropped.open();
  });

  it('again on the next write if a batch was full', async () => {
    const env = setUp();
    for (let i = 0; i < 250; i += 1) {
      await env.store.inner.compareAndSet(`expired ${i}`, null, { version: 1, expiresAt: i, body: '' });
    }
    env.clock.advance('1m');
    const browser = new Browser();
    for (let i = 0; i < 4; i += 1) await write(env, browser);
    expect(sweepsOf(env)).toHaveLength(2);
    expect(env.store.size).toBe(1);
  });

  it('again a minute after a sweep failed, and the request succeeds', async () => {
    const env = setUp();
    env.clock.advance('1m');
    env.store.before = ({ operation }) => (operation === 'sweep' ? 'reject' : undefined);
    const browser = new Browser();
    await write(env, browser);
    await write(env, browser);
    expect(sweepsOf(env)).toHaveLength(1);
    expect(env.types()).toContain('store-failed');
    env.clock.advance('1m');
    await write(env, browser);
    expect(sweepsOf(env)).toHaveLength(2);
  });

  it('never if the store removes expired records itself', async () => {
    const { read, compareAndSet } = memoryStore();
    const store: SessionStore = { read, compareAndSet };
    const env = setUp({ store });
    env.clock.advance('5m');
    await write(env);
    expect(env.events.map(({ type }) => type)).toEqual(['granted']);
  });
});
