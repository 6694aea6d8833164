import { describe, expect, it } from 'vitest';
import { decodeValue, encodeValue, expiryMoment, valueStart } from './value.ts';

describe('a value in Redis', () => {
  it('begins with its version and the moment, in a form that people can read', () => {
    expect(encodeValue({ version: 7, expiresAt: 1_800_000_000_000, body: '[1]\n{}' })).toBe(
      '7 1800000000000\n[1]\n{}',
    );
  });

  it('comes back as it was', () => {
    for (const record of [
      { version: 1, expiresAt: 0, body: '' },
      { version: Number.MAX_SAFE_INTEGER, expiresAt: 8.64e15, body: '\n \n' },
      { version: 2, expiresAt: -1.5, body: '\0\u{1F511}' },
      { version: 3, expiresAt: 1e300, body: 'x' },
      { version: 4, expiresAt: Number.POSITIVE_INFINITY, body: 'x' },
    ]) {
      expect(decodeValue(encodeValue(record))).toEqual(record);
    }
  });

  it('starts as no other version does', () => {
    const value = encodeValue({ version: 12, expiresAt: 1, body: '' });
    expect(value.startsWith(valueStart(12))).toBe(true);
    for (const other of [1, 2, 120, 121]) expect(value.startsWith(valueStart(other))).toBe(false);
  });

  it('is refused where it would not come back', () => {
    expect(() => encodeValue({ version: 2 ** 53, expiresAt: 1, body: '' })).toThrow(TypeError);
    expect(() => encodeValue({ version: 1.5, expiresAt: 1, body: '' })).toThrow(TypeError);
    expect(() => encodeValue({ version: 1, expiresAt: Number.NaN, body: '' })).toThrow(TypeError);
    expect(() => encodeValue({ version: 1, expiresAt: 1, body: '\uD800' })).toThrow(TypeError);
  });

  it('is told from what something else has written', () => {
    for (const foreign of [
      '',
      ' ',
      '7',
      '7 ',
      '7 8',
      '7\n8',
      ' 7\n',
      'a 8\n',
      '7 b\n',
      '1e400 8\n',
      '7 \n',
      '7.5 8\n',
    ]) {
      expect(() => decodeValue(foreign), JSON.stringify(foreign)).toThrow('did not write');
    }
  });
});

describe('the moment given to Redis', () => {
  it('is a whole number that is never early, and one that Redis takes', () => {
    expect(expiryMoment(1_800_000_000_000)).toBe('1800000000000');
    expect(expiryMoment(1_800_000_000_000.001)).toBe('1800000000001');
    expect(expiryMoment(0)).toBe('1');
    expect(expiryMoment(-5)).toBe('1');
    expect(expiryMoment(1e300)).toBe('9007199254740991');
    expect(expiryMoment(Number.POSITIVE_INFINITY)).toBe('9007199254740991');
  });
});
