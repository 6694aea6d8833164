import { expect, it } from 'vitest';
import { EventLog } from './event-log.ts';

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
  expect(log.of('busy').map(({ at }) => at)).toEqual([19, 18, 17, 16, 15, 14]);
  for (let at = 0; at < 1000; at += 1) log.record({ type: 'granted', at, sessionId: `s${at}` });
  expect(log.of('busy')).toEqual([]);
  expect(log.of('s999')).toHaveLength(1);
});
