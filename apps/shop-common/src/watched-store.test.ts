import { createSessions, memoryStore } from '@coatcheck/core';
import { issue } from '@coatcheck/core/testing';
import { expect, it } from 'vitest';
import { emptyData } from './shop-data.ts';
import { type RecordWrite, watchStore } from './watched-store.ts';

const CART = [{ sku: 'fell-parka', quantity: 2 }];

it('tells of every write of a session what the record was and is', async () => {
  const store = watchStore(memoryStore());
  const writes: RecordWrite[] = [];
  store.watch({ onWrite: (write) => writes.push(write) });
  const sessions = createSessions({ store, initial: emptyData });
  const { sessionId } = await issue(sessions, { data: { cart: CART }, userId: 'maren' });
  await sessions.end(sessionId);
  expect(new Set(writes.map((write) => write.sessionId))).toEqual(new Set([sessionId]));
  expect(writes.map(({ before, after }) => [before?.generation, after?.generation, after?.end])).toEqual([
    [undefined, 0, undefined],
    [0, 1, undefined],
    [1, 2, 'revoked'],
  ]);
});

it('fails a call before the store sees it, if a watcher throws', async () => {
  const store = watchStore(memoryStore());
  store.watch({
    onCall() {
      throw new Error('down');
    },
  });
  expect(() => store.read('key')).toThrow('down');
  expect(() => store.compareAndSet('key', null, { version: 1, expiresAt: 1, body: '' })).toThrow('down');
});

it('sweeps by the real time, and not by a clock that is ahead', async () => {
  const inner = memoryStore();
  const store = watchStore(inner);
  const soon = Date.now() + 60_000;
  await store.compareAndSet('key', null, { version: 1, expiresAt: soon, body: '' });
  expect(await store.sweep?.(soon + 1, 10)).toBe(0);
  expect(inner.size).toBe(1);
});
