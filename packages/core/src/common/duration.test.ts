import fc from 'fast-check';
import { expect, it } from 'vitest';
import { anyString } from '../../test/support/arbitrary-state.ts';
import { thrown } from '../../test/support/set-up.ts';
import { toMilliseconds } from './duration.ts';
import { SessionError } from './errors.ts';

it.for([
  [1, 1],
  [0.5, 1],
  [90_000, 90_000],
  ['30m', 1_800_000],
  ['12h', 43_200_000],
  ['14 days', 1_209_600_000],
  ['1.5h', 5_400_000],
  ['250', 250],
] as const)('reads %s as a duration', ([given, milliseconds]) => {
  expect(toMilliseconds('option', given)).toBe(milliseconds);
});

it.for<{ given: unknown; shown: string }>([
  { given: 0, shown: '0' },
  { given: -5, shown: '-5' },
  { given: Number.NaN, shown: 'NaN' },
  { given: Number.POSITIVE_INFINITY, shown: 'Infinity' },
  { given: '', shown: "''" },
  { given: 'soon', shown: "'soon'" },
  { given: '-1m', shown: "'-1m'" },
  { given: '0s', shown: "'0s'" },
  { given: `${' '.repeat(100)}1m`, shown: "'" },
  { given: null, shown: 'null' },
  { given: undefined, shown: 'undefined' },
  { given: true, shown: 'true' },
  { given: {}, shown: 'an object' },
  { given: ['1m'], shown: 'an array' },
])('refuses $given and names the option', ({ given, shown }) => {
  const wrong = given as number;
  const { message } = thrown(() => toMilliseconds('idleTimeout', wrong), 'ERR_CONFIG');
  expect(message).toMatch(/^idleTimeout must be a duration above zero/);
  expect(message).toContain(`received ${shown}`);
});

it('reads any string as a duration above zero or throws ERR_CONFIG', () => {
  fc.assert(
    fc.property(anyString(0, 150), (input) => {
      try {
        expect(toMilliseconds('option', input)).toBeGreaterThan(0);
      } catch (error) {
        expect(error).toBeInstanceOf(SessionError);
      }
    }),
  );
});

it('rounds up to whole milliseconds', () => {
  expect(toMilliseconds('idleTimeout', 100_000 / 3)).toBe(33_334);
});
