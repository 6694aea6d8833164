import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ExpiryQueue } from './expiry-queue.ts';

it('returns keys in the order of their times, in whatever order they were added', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string(), fc.nat()), { maxLength: 300 }), (entries) => {
      const queue = new ExpiryQueue();
      for (const [key, time] of entries) queue.add(key, time);
      const taken: [string, number][] = [];
      for (let time = queue.earliest; time !== Number.POSITIVE_INFINITY; time = queue.earliest) {
        taken.push([queue.take() ?? '', time]);
      }
      const times = taken.map(([, time]) => time);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      const sorted = (list: [string, number][]) => list.map((each) => JSON.stringify(each)).sort();
      expect(sorted(taken)).toEqual(sorted(entries));
    }),
  );
});

it('is empty after clear()', () => {
  const queue = new ExpiryQueue();
  queue.add('a', 1);
  queue.clear();
  expect(queue.earliest).toBe(Number.POSITIVE_INFINITY);
  expect(queue.take()).toBeUndefined();
});
