import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../src/store/memory/memory-store.ts';
import type { SessionStore } from '../../src/store/store.ts';
import { Browser } from '../support/browser.ts';
import { failure, type SetUp, setUp } from '../support/set-up.ts';
import { gate } from '../support/watched-store.ts';

const write = (of: SetUp, browser = new Browser()) =>
  browser.use(of.sessions, (session) => session.update({ note: 'x' }));

async function sessionsExpired(of: SetUp, count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) await write(of);
  of.clock.advance('41m');
}

const sweepsOf = ({ store }: SetUp) => store.calls.filter(({ operation }) => operation === 'sweep');

describe('sweep()', () => {
  it('removes what expired over ten minutes ago, and says how many: one fast clock ends nobody', async () => {
    const of = setUp();
    await write(of);
    of.clock.advance(1);
    await write(of);
    of.clock.advance(40 * 60_000 - 1);
    expect(await of.sessions.sweep()).toBe(1);
    expect(of.store.size).toBe(1);
    expect(await of.sessions.sweep()).toBe(0);
    of.clock.advance(1);
    expect(await of.sessions.sweep()).toBe(1);
    expect(of.store.size).toBe(0);
  });

  it('goes on in batches until nothing is left', async () => {
    const of = setUp();
    for (let i = 0; i < 450; i += 1) {
      await of.store.inner.compareAndSet(`expired ${i}`, null, { version: 1, expiresAt: i, body: '' });
    }
    expect(await of.sessions.sweep()).toBe(450);
    expect(sweepsOf(of)).toHaveLength(3);
  });

  it('is 0 where the store expires by itself', async () => {
    const { read, compareAndSet } = memoryStore();
    const store: SessionStore = { read, compareAndSet };
    expect(await setUp({ store }).sessions.sweep()).toBe(0);
  });

  it('fails where the store fails', async () => {
    const of = setUp();
    of.store.before = () => 'reject';
    await failure(of.sessions.sweep(), 'ERR_STORE_UNAVAILABLE');
  });
});

describe('the core sweeps by itself', () => {
  it('on a write when the last sweep is a minute old', async () => {
    const of = setUp();
    const browser = new Browser();
    await write(of, browser);
    of.clock.advance(59_999);
    await write(of, browser);
    expect(sweepsOf(of)).toEqual([]);
    of.clock.advance(1);
    await write(of, browser);
    expect(sweepsOf(of)).toHaveLength(1);
    expect(sweepsOf(of)[0]?.key).toBe(String(of.clock.now() - 10 * 60_000));
    await write(of, browser);
    of.clock.advance(59_999);
    await write(of, browser);
    expect(sweepsOf(of)).toHaveLength(1);
    of.clock.advance(1);
    await write(of, browser);
    expect(sweepsOf(of)).toHaveLength(2);
  });

  it.for([
    ['a grant', (of: SetUp) => write(of)],
    ['a touch', (of: SetUp, browser: Browser) => browser.use(of.sessions, () => {})],
    ['a destroy', (of: SetUp, browser: Browser) => browser.use(of.sessions, (session) => session.destroy())],
  ] as const)('%s is a write', async ([, act]) => {
    const of = setUp();
    const browser = new Browser();
    await write(of, browser);
    of.clock.advance('1m');
    await act(of, browser);
    expect(sweepsOf(of)).toHaveLength(1);
  });

  it('not on a mere look', async () => {
    const of = setUp();
    const browser = new Browser();
    await write(of, browser);
    of.clock.advance('5m');
    await browser.load(of.sessions, {}, { passive: true });
    await new Browser().load(of.sessions);
    expect(sweepsOf(of)).toEqual([]);
  });

  it('and what has expired goes', async () => {
    const of = setUp();
    await sessionsExpired(of, 5);
    await write(of);
    await Promise.resolve();
    expect(of.store.size).toBe(1);
  });

  it('nobody waits for it, and there is one at a time', async () => {
    const of = setUp();
    await sessionsExpired(of, 3);
    const held = gate();
    of.store.before = ({ operation }) => (operation === 'sweep' ? held.wait() : undefined);
    await write(of);
    await write(of);
    of.clock.advance('59s');
    await write(of);
    expect(sweepsOf(of)).toHaveLength(1);
    held.open();
  });

  it('a sweep whose request was dropped keeps nobody from the next', async () => {
    const of = setUp();
    await sessionsExpired(of, 3);
    const dropped = gate();
    of.store.before = ({ operation }) => (operation === 'sweep' ? dropped.wait() : undefined);
    await write(of);
    of.clock.advance('1m');
    await write(of);
    expect(sweepsOf(of)).toHaveLength(2);
    dropped.open();
  });

  it('a batch that left more to do is followed by the next at the next write', async () => {
    const of = setUp();
    for (let i = 0; i < 250; i += 1) {
      await of.store.inner.compareAndSet(`expired ${i}`, null, { version: 1, expiresAt: i, body: '' });
    }
    of.clock.advance('1m');
    const browser = new Browser();
    for (let i = 0; i < 4; i += 1) await write(of, browser);
    expect(sweepsOf(of)).toHaveLength(2);
    expect(of.store.size).toBe(1);
  });

  it('a sweep that fails harms no request, and is tried again a minute later', async () => {
    const of = setUp();
    of.clock.advance('1m');
    of.store.before = ({ operation }) => (operation === 'sweep' ? 'reject' : undefined);
    const browser = new Browser();
    await write(of, browser);
    await write(of, browser);
    expect(sweepsOf(of)).toHaveLength(1);
    expect(of.types()).toContain('store-failed');
    of.clock.advance('1m');
    await write(of, browser);
    expect(sweepsOf(of)).toHaveLength(2);
  });

  it('never where the store expires by itself', async () => {
    const { read, compareAndSet } = memoryStore();
    const store: SessionStore = { read, compareAndSet };
    const of = setUp({ store });
    of.clock.advance('5m');
    await write(of);
    expect(of.events.map(({ type }) => type)).toEqual(['granted']);
  });
});
