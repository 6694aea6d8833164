import { SessionError } from '@coatcheck/core';
import { describe, expect, it } from 'vitest';
import { checkOptions } from './options.ts';

describe('an invalid option is named, with what is valid and what was received', () => {
  it('an unknown name, such as a misspelled one', () => {
    expect(refusal({ synchronus: 'full' })).toBe(
      "An option of sqliteStore must be one of table, synchronous, busyTimeout; received 'synchronus'.",
    );
  });

  it.each([null, 'full', 5])('options that are none: %j', (options) => {
    expect(refusal(options)).toMatch(
      /^The second argument of sqliteStore must be an options object or undefined; received /,
    );
  });

  it.each([
    '',
    '1st',
    'a b',
    'a"b',
    'a.b',
    "a'b",
    'ä',
    'x'.repeat(61),
    'sqlite_x',
    'SQLite_x',
    'coatcheck_schema',
    5,
    null,
  ])('table: %j', (table) => {
    expect(refusal({ table })).toMatch(
      /^table must be at most 60 letters, digits and underscores.*; received /,
    );
  });

  it.each(['off', 'NORMAL', 1, null])('synchronous: %j', (synchronous) => {
    expect(refusal({ synchronous })).toMatch(/^synchronous must be 'normal' or 'full'; received /);
  });

  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31, '5s', null])(
    'busyTimeout: %j',
    (busyTimeout) => {
      expect(refusal({ busyTimeout })).toMatch(
        /^busyTimeout must be a whole number of milliseconds .*; received /,
      );
    },
  );
});

describe('a valid option is accepted', () => {
  it.each(['a', '_', 'Shop_Sessions_2', 'x'.repeat(60)])('table: %j', (table) => {
    expect(checkOptions({ table }).table).toBe(table);
  });

  it('and the table defaults to coatcheck_sessions', () => {
    expect(checkOptions({})).toEqual({
      table: 'coatcheck_sessions',
      synchronous: undefined,
      busyTimeout: undefined,
    });
  });
});

/** Returns the error message for options that the types forbid. */
function refusal(options: unknown): string {
  try {
    Reflect.apply(checkOptions, undefined, [options]);
  } catch (error) {
    if (error instanceof SessionError && error.code === 'ERR_CONFIG') return error.message;
    throw error;
  }
  return 'accepted';
}
