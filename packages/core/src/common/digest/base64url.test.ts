import fc from 'fast-check';
import { expect, it } from 'vitest';
import { toBase64url } from './base64url.ts';

it('encodes any bytes as in RFC 4648, without padding', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      expect(toBase64url(bytes)).toBe(Buffer.from(bytes).toString('base64url'));
    }),
  );
});

it('uses the two characters of the URL-safe alphabet', () => {
  expect(toBase64url(Uint8Array.of(0xfb, 0xff))).toBe('-_8');
});
