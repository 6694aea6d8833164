import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeRecord, encodeInteger, encodeString } from './values.ts';

const base64 = (text: string): string => Buffer.from(encodeString(text)).toString('base64');

describe('a string as bytes', () => {
  it('is read back unchanged, whatever UTF-16 it contains', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) }),
        (text) => {
          expect(decodeRecord(['1', '2', base64(text)])).toEqual({ version: 1, expiresAt: 2, body: text });
        },
      ),
    );
  });

  it.each(['', '\0', '\uFEFFx', '\uD800', '\uDC00\uD800', 'a\uDFFF', '\u{1F511}', '\u00FF'])(
    'keeps %j',
    (text) => {
      expect(decodeRecord(['1', '2', base64(text)]).body).toBe(text);
    },
  );

  it('differs for different strings', () => {
    const texts = ['\uFFFD', '\uD800', '\uDC00', '\u00FF\uD800', '\uD800\0', '\0\uD800', '\u00FF'];
    expect(new Set(texts.map(base64)).size).toBe(texts.length);
  });
});

describe('what this store never writes', () => {
  it.each([
    ['9007199254740993', '1', ''],
    ['1', '9007199254740993', ''],
    ['x', '1', ''],
    ['1', '1', Buffer.of(0xc3, 0x28).toString('base64')],
  ])('is an error where it is read: %s, %s, %j', (...row) => {
    expect(() => decodeRecord(row)).toThrow('something else has written to it');
  });

  it.each([1.5, Number.NaN, 2 ** 53, Number.POSITIVE_INFINITY])(
    'is an error where it is written: %d',
    (value) => {
      expect(() => encodeInteger('version', value)).toThrow('The version of a record must be a safe integer');
    },
  );
});
