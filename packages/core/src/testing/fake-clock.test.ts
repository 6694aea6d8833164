import { expect, it } from 'vitest';
import { thrown } from '../../test/support/set-up.ts';
import { fakeClock } from './index.ts';

it('stands still until it is advanced', () => {
  const clock = fakeClock();
  expect(clock.now()).toBe(Date.UTC(2026, 0, 1));
  expect(clock.now()).toBe(clock.now());
  clock.advance('1m');
  expect(clock.now()).toBe(Date.UTC(2026, 0, 1, 0, 1));
  clock.advance(250);
  expect(clock.now()).toBe(Date.UTC(2026, 0, 1, 0, 1, 0, 250));
});

it('starts at the given time, independent of other clocks', () => {
  const [one, other] = [fakeClock(5), fakeClock(5)];
  one.advance(1);
  expect([one.now(), other.now()]).toEqual([6, 5]);
});

it('throws for a value that is not a duration', () => {
  expect(thrown(() => fakeClock().advance('later'), 'ERR_CONFIG').message).toMatch(/^advance\(by\) must be/);
});
