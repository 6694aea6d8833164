import { expect, it } from 'vitest';
import { Browser } from '../../../test/support/browser.ts';
import { createSessions } from '../../sessions.ts';
import { memoryStore } from './memory-store.ts';

const record = (version: number, expiresAt = 1000) => ({ version, expiresAt, body: `body ${version}` });

it('returns plain values, so that no caller waits longer than a microtask', () => {
  const store = memoryStore();
  expect(store.compareAndSet('a', null, record(1))).toBe(true);
  expect(store.read('a')).toEqual(record(1));
});

it('completes a whole request in microtasks', async () => {
  const sessions = createSessions({ store: memoryStore(), initial: () => ({ views: 0 }) });
  let hasWaited = false;
  setImmediate(() => {
    hasWaited = true;
  });
  const browser = new Browser();
  await browser.use(sessions, (session) => session.update({ views: 1 }));
  await browser.use(sessions, (session) => session.signIn('alice'));
  await browser.use(sessions, (session) => session.finish('receipt', { keepUser: true }));
  await sessions.revokeUser('alice');
  expect(hasWaited).toBe(false);
});

it('reports the number of its records', async () => {
  const store = memoryStore();
  expect(store.size).toBe(0);
  await store.compareAndSet('a', null, record(1));
  await store.compareAndSet('b', null, record(1));
  expect(store.size).toBe(2);
  await store.compareAndSet('a', 1, null);
  expect(store.size).toBe(1);
});

it('replaces only the expected version', async () => {
  const store = memoryStore();
  expect(store.compareAndSet('a', 1, record(2))).toBe(false);
  expect(store.compareAndSet('a', null, record(1))).toBe(true);
  expect(store.compareAndSet('a', null, record(2))).toBe(false);
  expect(store.compareAndSet('a', 2, record(3))).toBe(false);
  expect(store.compareAndSet('a', 2, null)).toBe(false);
  expect(store.read('a')).toEqual(record(1));
  expect(store.compareAndSet('a', 1, record(2))).toBe(true);
  expect(store.read('a')).toEqual(record(2));
  expect(store.compareAndSet('a', 2, null)).toBe(true);
  expect(store.read('a')).toBeUndefined();
});

it('does not drop expired records by itself', async () => {
  const store = memoryStore();
  await store.compareAndSet('a', null, record(1, 0));
  expect(store.read('a')).toEqual(record(1, 0));
});

it('sweeps what expired at or before the given time, the longest expired first, up to the limit', async () => {
  const store = memoryStore();
  await store.compareAndSet('late', null, record(1, 300));
  await store.compareAndSet('first', null, record(1, 100));
  await store.compareAndSet('second', null, record(1, 200));
  expect(store.sweep?.(299, 1)).toBe(1);
  expect(store.read('first')).toBeUndefined();
  expect(store.read('second')).toBeDefined();
  expect(store.sweep?.(299, 5)).toBe(1);
  expect(store.sweep?.(299, 5)).toBe(0);
  expect(store.sweep?.(300, 5)).toBe(1);
  expect(store.size).toBe(0);
});

it('removes every record with clear()', async () => {
  const store = memoryStore();
  await store.compareAndSet('a', null, record(1));
  await store.clear?.();
  expect(store.size).toBe(0);
});
