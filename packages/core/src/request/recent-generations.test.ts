import { expect, it } from 'vitest';
import { RecentGenerations } from './recent-generations.ts';

it('a generation is remembered for 10 seconds', () => {
  let now = 0;
  const recent = new RecentGenerations(() => now);
  recent.noteRaised('one', 2);
  now = 10_000;
  recent.noteRaised('other', 2);
  expect(recent.hasLater('one', 1)).toBe(true);
  expect(recent.hasLater('one', 2)).toBe(false);
  now = 10_001;
  recent.noteRaised('third', 2);
  expect(recent.hasLater('one', 1)).toBe(false);
  expect(recent.hasLater('other', 1)).toBe(true);
});

it('a clock that is set back keeps nothing in memory until it has caught up', () => {
  let now = 3_600_000;
  const recent = new RecentGenerations(() => now);
  recent.noteRaised('before', 2);
  now = 0;
  recent.noteRaised('after', 2);
  expect(recent.hasLater('before', 1)).toBe(false);
  now = 10_001;
  recent.noteRaised('later', 2);
  expect(recent.hasLater('after', 1)).toBe(false);
});
