import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyString, randomText, secret, sessionId } from '../../test/support/arbitrary-state.ts';
import {
  deriveCandidates,
  deriveNext,
  deriveSecret,
  drawSecret,
  drawToken,
  formatToken,
  hashSecret,
  isSessionId,
  parseToken,
} from './token.ts';

const KEY = 'the-key-that-signs-tokens-from-now-on';
const OLD_KEY = 'the-key-that-signed-tokens-before-that';
const OTHER_KEY = 'a-key-that-somebody-else-has-made-up-';
const token = fc.record({ id: sessionId, secret });
const keys = fc.constantFrom([], [KEY], [KEY, OLD_KEY]);
const SAMPLE = { id: 'AAAAAAAAAAAAAAAAAAAAAA', secret: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' };

describe('a new token (ASVS 7.2.3)', () => {
  it('has an ID of 16 random bytes in 22 characters, and a secret of 32 others in 43', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 48, maxLength: 48 }), (bytes) => {
        let used = 0;
        const drawn = drawToken((length) => {
          used += length;
          return bytes.slice(used - length, used);
        });
        expect([drawn.id.length, drawn.secret.length]).toEqual([22, 43]);
        expect([drawn.id, drawn.secret].flatMap((each) => [...Buffer.from(each, 'base64url')])).toEqual([
          ...bytes,
        ]);
      }),
    );
  });

  it('has 32 random bytes in 43 characters where only the secret is drawn', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        const drawn = drawSecret((length) => bytes.slice(0, length));
        expect(drawn).toHaveLength(43);
        expect([...Buffer.from(drawn, 'base64url')]).toEqual([...bytes]);
      }),
    );
  });
});

describe('isSessionId', () => {
  it('accepts every session ID', () => {
    fc.assert(
      fc.property(sessionId, (id) => {
        expect(isSessionId(id)).toBe(true);
      }),
    );
  });

  it.for([
    ['empty', ''],
    ['too short', 'A'.repeat(21)],
    ['too long', 'A'.repeat(23)],
    ['a second spelling of the same bytes', `${'A'.repeat(21)}B`],
    ['with a character of plain base64', `+${'A'.repeat(21)}`],
    ['with a line break after it', `${'A'.repeat(22)}\n`],
    ['with something before it', ` ${'A'.repeat(22)}`],
    ["a user's key", 'user.AAAAAAAAAAAAAAAAAAAAAA'],
  ])('rejects an ID that is %s', ([, text]) => {
    expect(isSessionId(text ?? '')).toBe(false);
  });
});

describe('hashing', () => {
  it('gives the store the SHA-256 of the secret', () => {
    fc.assert(
      fc.property(secret, (each) => {
        expect(hashSecret(each)).toBe(createHash('sha256').update(each).digest('base64url'));
      }),
    );
  });

  it('derives the next secret as HMAC-SHA-256 of the nonce under the one presented', () => {
    fc.assert(
      fc.property(sessionId, secret, randomText(12), (id, each, nonce) => {
        const derived = deriveSecret(each, nonce, []);
        expect(derived).toBe(createHmac('sha256', each).update(nonce).digest('base64url'));
        expect(parseToken(id + derived, [])).toEqual({ id, secret: derived });
      }),
    );
  });
});

describe('with signing keys, the next secret', () => {
  const nonce = 'bm9uY2Vub25jZW5v';
  const [old, current] = ['o'.repeat(32), 'c'.repeat(32)];

  it('needs the secret, the nonce and the first key', () => {
    const derived = deriveSecret(SAMPLE.secret, nonce, [current, old]);
    expect(parseToken(SAMPLE.id + derived, [])).toEqual({ id: SAMPLE.id, secret: derived });
    expect(derived).toBe(deriveSecret(SAMPLE.secret, nonce, [current]));
    expect(derived).not.toBe(deriveSecret(SAMPLE.secret, nonce, []));
    expect(derived).not.toBe(deriveSecret(SAMPLE.secret, nonce, [old]));
    expect(derived).not.toBe(deriveSecret(SAMPLE.secret, `${nonce}x`, [current]));
    expect(derived).not.toBe(deriveSecret('x'.repeat(43), nonce, [current]));
  });

  it('is found again after a rotation, and if it was derived before there were keys', () => {
    for (const keys of [[], [old], [current, old]]) {
      const secret = deriveSecret(SAMPLE.secret, nonce, keys);
      const next = { nonce, hash: hashSecret(secret) };
      expect(deriveNext(SAMPLE.secret, next, [current, old])).toBe(secret);
      expect(deriveCandidates(SAMPLE.secret, nonce, [current, old])).toContain(secret);
    }
  });

  it('is not found once its key is gone', () => {
    const next = { nonce, hash: hashSecret(deriveSecret(SAMPLE.secret, nonce, [old])) };
    expect(deriveNext(SAMPLE.secret, next, [current])).toBeUndefined();
  });
});

describe('parsing a token', () => {
  it('returns what was formatted, signed or not', () => {
    fc.assert(
      fc.property(token, keys, (each, signingKeys) => {
        expect(parseToken(formatToken(each, signingKeys), signingKeys)).toEqual(each);
      }),
    );
  });

  it('reads an unsigned token as ID and secret, 65 characters', () => {
    expect(formatToken(SAMPLE, [])).toBe(SAMPLE.id + SAMPLE.secret);
    expect(formatToken(SAMPLE, [])).toHaveLength(65);
  });

  it('expects 128 bits of HMAC-SHA-256 by the first key on a signed token', () => {
    const plain = SAMPLE.id + SAMPLE.secret;
    const mac = createHmac('sha256', KEY).update(plain).digest('base64url').slice(0, 22);
    expect(formatToken(SAMPLE, [KEY, OLD_KEY])).toBe(`${plain}.${mac}`);
  });

  it('accepts every key of the list, so that keys can be rotated', () => {
    fc.assert(
      fc.property(token, (each) => {
        expect(parseToken(formatToken(each, [OLD_KEY]), [KEY, OLD_KEY])).toEqual(each);
        expect(parseToken(formatToken(each, [KEY]), [KEY, OLD_KEY])).toEqual(each);
      }),
    );
  });

  it('says forged for a token signed with another key', () => {
    fc.assert(
      fc.property(token, (each) => {
        expect(parseToken(formatToken(each, [OTHER_KEY]), [KEY, OLD_KEY])).toBe('forged');
      }),
    );
  });

  it('says forged or malformed if any character of a signed token is changed', () => {
    const other = fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.');
    fc.assert(
      fc.property(token, fc.nat({ max: 87 }), other, (each, at, character) => {
        const text = formatToken(each, [KEY]);
        fc.pre(text[at] !== character);
        const changed = text.slice(0, at) + character + text.slice(at + 1);
        expect(parseToken(changed, [KEY])).toBeTypeOf('string');
      }),
      { numRuns: 500 },
    );
  });

  it('accepts exactly one spelling of a token', () => {
    const near = fc
      .tuple(token, fc.nat({ max: 64 }), fc.string({ minLength: 1, maxLength: 1 }))
      .map(([each, at, character]) => {
        const text = formatToken(each, []);
        return text.slice(0, at) + character + text.slice(at + 1);
      });
    fc.assert(
      fc.property(near, (text) => {
        const read = parseToken(text, []);
        if (typeof read === 'object') expect(formatToken(read, [])).toBe(text);
        else expect(read).toBe('malformed');
      }),
      { numRuns: 1000 },
    );
  });

  it('whatever a client sends, it never throws', () => {
    fc.assert(
      fc.property(anyString(0, 120), keys, (text, signingKeys) => {
        expect(parseToken(text, signingKeys)).toBe('malformed');
      }),
      { numRuns: 500 },
    );
  });

  const plain = formatToken(SAMPLE, []);
  const signed = formatToken(SAMPLE, [KEY]);

  it.for([
    ['empty', '', []],
    ['one character short', plain.slice(1), []],
    ['one character long', `${plain}A`, []],
    ['followed by a line break', `${plain}\n`, []],
    ['ten kilobytes', 'A'.repeat(10_000), []],
    ['in plain base64', `+/${plain.slice(2)}`, []],
    ['percent-encoded', `%41${plain.slice(3)}`, []],
    ['quoted', `"${plain.slice(2)}"`, []],
    ['with unused bits set in the ID', `${'A'.repeat(21)}B${'A'.repeat(43)}`, []],
    ['with unused bits set in the secret', `${'A'.repeat(64)}B`, []],
    ['signed, where tokens are not', signed, []],
    ['not signed, where tokens are', plain, [KEY]],
    ['signed with a character short', signed.slice(0, -1), [KEY]],
    ['signed after another mark', `${plain}_${signed.slice(66)}`, [KEY]],
    ['signed over an ID with unused bits set', `${'A'.repeat(21)}B${signed.slice(22)}`, [KEY]],
  ] as const)('says malformed for a token that is %s', ([, text, signingKeys]) => {
    expect(parseToken(text, signingKeys)).toBe('malformed');
  });
});
