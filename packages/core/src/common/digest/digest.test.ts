import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as chosen from '#digest';
import { anyString, anyText } from '../../../test/support/arbitrary-state.ts';
import * as node from './node.ts';
import * as portable from './portable.ts';

const text = fc.oneof(anyText, anyString(60, 300));

it('the portable SHA-256 equals that of node:crypto', () => {
  fc.assert(
    fc.property(text, (message) => {
      expect(portable.sha256Base64url(message)).toBe(node.sha256Base64url(message));
    }),
    { numRuns: 500 },
  );
});

it('the portable HMAC equals that of node:crypto for keys of any length', () => {
  fc.assert(
    fc.property(text, text, (key, message) => {
      expect(portable.hmacBase64url(key, message)).toBe(node.hmacBase64url(key, message));
    }),
    { numRuns: 500 },
  );
});

it('the portable base64url equals that of Buffer, also for part of an array', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat({ max: 10 }), (bytes, from) => {
      const part = bytes.subarray(from);
      expect(portable.toBase64url(part)).toBe(node.toBase64url(part));
      expect(portable.toBase64url(bytes, from)).toBe(node.toBase64url(bytes, from));
      expect(node.toBase64url(Buffer.from(bytes), 0, from)).toBe(portable.toBase64url(bytes, 0, from));
    }),
  );
});

it('uses node:crypto on Node.js', () => {
  expect(chosen.sha256Base64url).toBe(node.sha256Base64url);
  expect(chosen.hmacBase64url).toBe(node.hmacBase64url);
  expect(chosen.toBase64url).toBe(node.toBase64url);
});

describe.for([
  { name: 'node:crypto', digest: node },
  { name: 'portable', digest: portable },
])('$name gives the published values', ({ digest }) => {
  const fromHex = (hex: string) => Buffer.from(hex, 'hex').toString('base64url');

  it('of SHA-256 (FIPS 180-2)', () => {
    const expected = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    expect(digest.sha256Base64url('abc')).toBe(fromHex(expected));
  });

  it('of HMAC-SHA-256 (RFC 4231, case 2)', () => {
    const expected = '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843';
    expect(digest.hmacBase64url('Jefe', 'what do ya want for nothing?')).toBe(fromHex(expected));
  });
});
