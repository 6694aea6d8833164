import { describe, expect, it } from 'vitest';
import { decodeValue, encodeValue, redisExpiry, valueStart } from './value.ts';

describe('a value in Redis', () => {
  it('begins with its version and its deadline, in readable form', () => {
    expect(encodeValue({ version: 7, expiresAt: 1_800_000_000_000, body: '[1]\n{}' })).toBe(
      '7 1800000000000\n[1]\n{}',
    );
  });

  it('is read back unchanged', () => {
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

  it('starts differently for every version', () => {
    const value = encodeValue({ version: 12, expiresAt: 1, body: '' });
    expect(value.startsWith(valueStart(12))).toBe(true);
    for (const other of [1, 2, 120, 121]) expect(value.startsWith(valueStart(other))).toBe(false);
  });

  it('is rejected if it could not be read back unchanged', () => {
    expect(() => encodeValue({ version: 2 ** 53, expiresAt: 1, body: '' })).toThrow(TypeError);
    expect(() => encodeValue({ version: 1.5, expiresAt: 1, body: '' })).toThrow(TypeError);
    expect(() => encodeValue({ version: 1, expiresAt: Number.NaN, body: '' })).toThrow(TypeError);
    expect(() => encodeValue({ version: 1, expiresAt: 1, body: '\uD800' })).toThrow(TypeError);
  });

  it('is distinguished from values that something else has written', () => {
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

describe('the expiry passed to Redis', () => {
  it('is a whole number that is never early and that Redis accepts', () => {
    expect(redisExpiry(1_800_000_000_000)).toBe('1800000000000');
    expect(redisExpiry(1_800_000_000_000.001)).toBe('1800000000001');
    expect(redisExpiry(0)).toBe('1');
    expect(redisExpiry(-5)).toBe('1');
    expect(redisExpiry(1e300)).toBe('9007199254740991');
    expect(redisExpiry(Number.POSITIVE_INFINITY)).toBe('9007199254740991');
  });
});
