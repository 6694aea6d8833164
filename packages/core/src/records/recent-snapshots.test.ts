import { expect, it } from 'vitest';
import { begun } from '../session/lifecycle.ts';
import { RecentSnapshots } from './recent-snapshots.ts';
import { encodeSession } from './record.ts';
import type { Snapshot } from './snapshot.ts';

const START = { snapshot: undefined, streak: 0 };

function snapshotWith(data: string): Snapshot {
  const state = begun({
    now: 0,
    secretHash: 'hash',
    timeouts: { idle: 60_000, absolute: 600_000 },
    client: { network: '', browser: '', platform: '' },
    observed: {},
    user: undefined,
    data,
  });
  return { record: encodeSession(state, 1), state, seenAt: 0 };
}

function keptOf(count: number, data: string): number {
  const recent = new RecentSnapshots();
  for (let i = 0; i < count; i += 1) recent.note(`id ${i}`, snapshotWith(data), START, 0);
  let kept = 0;
  for (let i = 0; i < count; i += 1) if (recent.startOf(`id ${i}`, [], 0).snapshot !== undefined) kept += 1;
  return kept;
}

it('keeps at most 4 million characters, however large the sessions are', () => {
  const data = 'x'.repeat(60_000);
  const kept = keptOf(1000, data);
  expect(kept).toBeGreaterThan(10);
  expect(kept * data.length * 2).toBeLessThanOrEqual(4_000_000);
});

it('keeps at most 1,000 sessions, however small they are', () => {
  expect(keptOf(5000, '')).toBeLessThanOrEqual(1000);
});

it('keeps the last one even if it is larger than that', () => {
  expect(keptOf(3, 'x'.repeat(5_000_000))).toBe(2);
});

it('counts a session once that is written again and again', () => {
  const recent = new RecentSnapshots();
  recent.note('other', snapshotWith('y'), START, 0);
  const large = snapshotWith('x'.repeat(100_000));
  for (let i = 0; i < 100; i += 1) recent.note('same', large, START, 0);
  for (let i = 0; i < 100; i += 1) {
    recent.forget('same');
    recent.note('same', large, START, 0);
  }
  expect(recent.startOf('other', [], 0).snapshot).toBeDefined();
});

it.each([
  ['the last write', 0],
  ['a burst', 30],
  ['every age of a snapshot', 390],
])('starts from what a request has read since the last write, after %s', (_, later) => {
  const recent = new RecentSnapshots();
  const written = snapshotWith('data');
  recent.note('id', written, START, 0);
  const read: Snapshot = { ...written, seenAt: later + 1 };
  expect(recent.startOf('id', [read], later + 2)).toEqual({ snapshot: read, streak: 0 });
});

it('starts from the last write if a request has read before it', () => {
  const recent = new RecentSnapshots();
  const written: Snapshot = { ...snapshotWith('data'), seenAt: 2 };
  recent.note('id', written, START, 2);
  const { record } = snapshotWith('earlier');
  const read: Snapshot = { ...written, record: { ...record, version: 0 }, seenAt: 1 };
  expect(recent.startOf('id', [read], 3)).toEqual({ snapshot: written, streak: 1 });
});

it('reads again after eight writes in a row that started from no read', () => {
  const recent = new RecentSnapshots();
  const written = snapshotWith('data');
  for (let i = 0; i < 8; i += 1) recent.note('id', written, recent.startOf('id', [], 0), 0);
  expect(recent.startOf('id', [], 0).snapshot).toBeUndefined();
});
