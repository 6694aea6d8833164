import fc from 'fast-check';
import { expect, it } from 'vitest';
import { anyText } from '../../test/support/arbitrary-state.ts';
import { pooledRandomBytes } from '../common/random.ts';
import { grewInBurst, holdsNewestOf, NO_WRITES, withNewWrite, writeLogOf } from './write-log.ts';

const randomBytes = pooledRandomBytes();
const body = (log: unknown) => `${JSON.stringify([1, log, 'more'])}\nthe data`;

it.for([
  ['at rest', 'seven', false, 8],
  ['in a burst', '63', true, 64],
] as const)(
  '%s a log contains its newest write and the %s before it, and no older one',
  ([, , inBurst, listed]) => {
    const logs = [NO_WRITES];
    for (let i = 1; i <= listed + 4; i += 1) {
      logs.push(withNewWrite(logs[i - 1] ?? '', randomBytes, inBurst));
      const held = logs.slice(1).map((older) => holdsNewestOf(logs[i] ?? '', older));
      expect(held).toEqual(held.map((_, at) => at + 1 > i - listed));
    }
  },
);

it('shows a burst until the next write at rest', () => {
  let log = NO_WRITES;
  for (let i = 0; i < 9; i += 1) {
    expect(grewInBurst(log)).toBe(false);
    log = withNewWrite(log, randomBytes, true);
  }
  expect(grewInBurst(log)).toBe(true);
  expect(grewInBurst(withNewWrite(log, randomBytes))).toBe(false);
});

it('does not contain a write over another base', () => {
  const base = withNewWrite(NO_WRITES, randomBytes);
  const mine = withNewWrite(base, randomBytes);
  const theirs = withNewWrite(base, randomBytes);
  expect(holdsNewestOf(theirs, mine)).toBe(false);
  expect(holdsNewestOf(theirs, base)).toBe(true);
});

it('matches IDs only where they begin, not across two of them', () => {
  const bytes = (...values: number[]) => {
    const left = [...values];
    return (length: number) => Uint8Array.from({ length }, () => left.shift() ?? 0);
  };
  const first = withNewWrite(NO_WRITES, bytes(0, 0, 0, 0));
  const second = withNewWrite(first, bytes(0x04, 0x10, 0x41, 0x00));
  const across = second.slice(1, 6);
  expect(across).not.toBe(first);
  expect(second).toContain(across);
  expect(holdsNewestOf(second, across)).toBe(false);
});

it('contains nothing if no write is known', () => {
  const log = withNewWrite(NO_WRITES, randomBytes);
  expect(holdsNewestOf(log, NO_WRITES)).toBe(false);
  expect(holdsNewestOf(NO_WRITES, log)).toBe(false);
});

it('is read from a body without parsing the data', () => {
  const log = withNewWrite(NO_WRITES, randomBytes);
  expect(writeLogOf(body(log))).toBe(log);
});

it('is empty for a body that cannot be read', () => {
  for (const text of ['', 'no line', '\n', '{"1":"abc"}\n', '[1]\n', body(7), body(null)]) {
    expect(writeLogOf(text)).toBe(NO_WRITES);
  }
  fc.assert(
    fc.property(anyText, (text) => {
      expect(writeLogOf(text)).toBeTypeOf('string');
    }),
  );
});
