import { createSessions, memoryStore } from '@coatcheck/core';
import { issue } from '@coatcheck/core/testing';
import { expect, it } from 'vitest';
import { EventLog } from './event-log.ts';
import { emptyData } from './shop-data.ts';
import { watchStore } from './watched-store.ts';

it('keeps the last events of a session, latest first, and the finishing event for the successor too', () => {
  const log = new EventLog();
  log.record({ type: 'granted', at: 1, sessionId: 'a' });
  log.record({ type: 'touched', at: 2, sessionId: 'b' });
  log.record({ type: 'finished', at: 3, sessionId: 'a', successorId: 'c' });
  log.record({ type: 'refused', at: 4, reason: 'unknown' });
  expect(log.of('a').map(({ at }) => at)).toEqual([3, 1]);
  expect(log.of('c').map(({ at }) => at)).toEqual([3]);
  expect(log.of(undefined)).toEqual([]);
});

it('keeps a limited number of sessions and events', () => {
  const log = new EventLog();
  for (let at = 0; at < 20; at += 1) log.record({ type: 'touched', at, sessionId: 'busy' });
  expect(log.of('busy').map(({ at }) => at)).toEqual([19, 18, 17, 16, 15, 14, 13, 12, 11, 10]);
  for (let at = 0; at < 1000; at += 1) log.record({ type: 'granted', at, sessionId: `s${at}` });
  expect(log.of('busy')).toEqual([]);
  expect(log.of('s999')).toHaveLength(1);
});

it('tells of each change of the data which properties changed, and of no other write', async () => {
  const log = new EventLog();
  const store = watchStore(memoryStore());
  store.watch({ onWrite: (write) => log.recordWrite(write, 7) });
  const sessions = createSessions({ store, initial: emptyData });
  const { cookie, sessionId } = await issue(sessions, { userId: 'maren' });
  const visit = sessions.open({
    method: 'POST',
    host: 'localhost',
    ip: undefined,
    header: (name) => (name === 'cookie' ? cookie : undefined),
    query: () => undefined,
    form: () => undefined,
  });
  const session = await visit.session.load();
  await session.update({ cart: [{ sku: 'fell-parka', quantity: 1 }] });
  await session.destroy();
  expect(log.of(sessionId)).toEqual([{ type: 'updated', at: 7, sessionId, changed: ['cart'] }]);
});
