import { hmacBase64url, sha256Base64url } from '#digest';
import { type RandomBytes, randomPair, randomText } from '../common/random.ts';
import type { NextSecret } from './session-state.ts';

const ID_BYTES = 16;
const ID_LENGTH = 22;
const SECRET_BYTES = 32;
/** 128 bits of the signature: as hard to forge as a session ID is to guess. */
const SIGNATURE_LENGTH = 22;

// The unused bits of each part's last character must be zero, so that a token has exactly one spelling.
const TOKEN = /^[\w-]{21}[AQgw][\w-]{42}[AEIMQUYcgkosw048]$/;
const SESSION_ID = /^[\w-]{21}[AQgw]$/;
const TOKEN_LENGTH = 65;

/** A session token's two halves: the ID names the session, the secret opens it. */
export interface Token {
  readonly id: string;
  readonly secret: string;
}

/** Draws the token of a new session. Its ID has 128 random bits (OWASP ASVS 7.2.3), its secret 256. */
export function drawToken(randomBytes: RandomBytes): Token {
  const [id, secret] = randomPair(randomBytes, ID_BYTES, SECRET_BYTES);
  return { id, secret };
}

/** Draws another secret for a session: 256 random bits. */
export function drawSecret(randomBytes: RandomBytes): string {
  return randomText(randomBytes, SECRET_BYTES);
}

/** Tells whether a string has the form of a session ID. */
export function isSessionId(value: string): boolean {
  return SESSION_ID.test(value);
}

/** Returns what a presented token has in place of the session ID. It may be anything until the token is parsed. */
export function sessionIdOf(presented: string): string {
  return presented.slice(0, ID_LENGTH);
}

/** Hashes a secret with SHA-256 for the store. A secret has 256 bits of entropy, so it needs no salt and no slow hash. */
export function hashSecret(secret: string): string {
  return sha256Base64url(secret);
}

/**
 * Derives the secret that follows `secret`. The nonce alone, as the store keeps it, derives nothing. If there are signing keys, the first one is
 * needed too, so a dead token and a later copy of the store do not give the current token.
 */
export function deriveSecret(secret: string, nonce: string, signingKeys: readonly string[]): string {
  return derive(secret, nonce, signingKeys[0]);
}

/** Derives a secret with each signing key, and without one: the keys may have been rotated, or set, since the nonce was drawn. */
export function deriveCandidates(
  secret: string,
  nonce: string,
  signingKeys: readonly string[],
): readonly [string, ...string[]] {
  const [first, ...others] = [...signingKeys, undefined];
  return [derive(secret, nonce, first), ...others.map((key) => derive(secret, nonce, key))];
}

/** Derives the secret of a renewal that has begun. Undefined if the key that it was derived with is no longer in the list. */
export function deriveNext(
  secret: string,
  next: NextSecret,
  signingKeys: readonly string[],
): string | undefined {
  return deriveCandidates(secret, next.nonce, signingKeys).find((each) => hashSecret(each) === next.hash);
}

function derive(secret: string, nonce: string, key: string | undefined): string {
  // The dot keeps these messages apart from nonces, and from the tokens that the key signs.
  return hmacBase64url(secret, key === undefined ? nonce : `${nonce}.${hmacBase64url(key, `next.${nonce}`)}`);
}

/** Formats a token as the client keeps it. If there are signing keys, the first one signs it. */
export function formatToken(token: Token, signingKeys: readonly string[]): string {
  const plain = token.id + token.secret;
  const key = signingKeys[0];
  return key === undefined ? plain : `${plain}.${sign(plain, key)}`;
}

/** Parses a token that a client presents. If there are signing keys, a token that none of them signed is `forged`. */
export function parseToken(
  presented: string,
  signingKeys: readonly string[],
): Token | 'malformed' | 'forged' {
  const signed = signingKeys.length > 0;
  if (presented.length !== (signed ? TOKEN_LENGTH + 1 + SIGNATURE_LENGTH : TOKEN_LENGTH)) return 'malformed';
  const plain = signed ? presented.slice(0, TOKEN_LENGTH) : presented;
  if (!TOKEN.test(plain)) return 'malformed';
  if (signed) {
    if (presented[TOKEN_LENGTH] !== '.') return 'malformed';
    const signature = presented.slice(TOKEN_LENGTH + 1);
    if (!signingKeys.some((key) => isEqual(sign(plain, key), signature))) return 'forged';
  }
  return { id: plain.slice(0, ID_LENGTH), secret: plain.slice(ID_LENGTH) };
}

function sign(plain: string, key: string): string {
  return hmacBase64url(key, plain).slice(0, SIGNATURE_LENGTH);
}

/** Compares in constant time, so that a signature cannot be guessed character by character. */
function isEqual(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i += 1) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}
