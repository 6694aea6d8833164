import { hmacBase64url, sha256Base64url } from '#digest';
import { type RandomBytes, randomText } from '../common/random.ts';

const ID_BYTES = 16;
const ID_LENGTH = 22;
const SECRET_BYTES = 32;
/** 128 bits of a signature: as hard to forge as a session ID is to guess. */
const SIGNATURE_LENGTH = 22;

// The last character of each part carries unused bits, which must be zero: each token has one spelling.
const TOKEN = /^[\w-]{21}[AQgw][\w-]{42}[AEIMQUYcgkosw048]$/;
const SESSION_ID = /^[\w-]{21}[AQgw]$/;
const TOKEN_LENGTH = 65;

/** Holds the two halves of a session token: the ID names, the secret opens. */
export interface Token {
  readonly id: string;
  readonly secret: string;
}

/** Draws a session ID: 128 random bits (OWASP ASVS 7.2.3). */
export function drawId(randomBytes: RandomBytes): string {
  return randomText(randomBytes, ID_BYTES);
}

/** Draws a secret: 256 random bits. */
export function drawSecret(randomBytes: RandomBytes): string {
  return randomText(randomBytes, SECRET_BYTES);
}

/** Tells whether a text has the form of a session ID. */
export function isSessionId(text: string): boolean {
  return SESSION_ID.test(text);
}

/** Computes what the store keeps of a secret: its SHA-256. A secret has 256 bits of entropy, so it needs no salt and no slow hash. */
export function hashSecret(secret: string): string {
  return sha256Base64url(secret);
}

/** Derives the secret that follows `secret`: only who holds that secret can, whatever they read in the store. */
export function deriveSecret(secret: string, nonce: string): string {
  return hmacBase64url(secret, nonce);
}

/** Writes a token as the client holds it; with signing keys the first one signs. */
export function formatToken(token: Token, signingKeys: readonly string[]): string {
  const plain = token.id + token.secret;
  const key = signingKeys[0];
  return key === undefined ? plain : `${plain}.${signature(plain, key)}`;
}

/** Reads a token that a client presents. With signing keys, one that none of them signed is `forged`. */
export function parseToken(text: string, signingKeys: readonly string[]): Token | 'malformed' | 'forged' {
  const signed = signingKeys.length > 0;
  if (text.length !== (signed ? TOKEN_LENGTH + 1 + SIGNATURE_LENGTH : TOKEN_LENGTH)) return 'malformed';
  const plain = signed ? text.slice(0, TOKEN_LENGTH) : text;
  if (!TOKEN.test(plain)) return 'malformed';
  if (signed) {
    if (text[TOKEN_LENGTH] !== '.') return 'malformed';
    const presented = text.slice(TOKEN_LENGTH + 1);
    if (!signingKeys.some((key) => sameText(signature(plain, key), presented))) return 'forged';
  }
  return { id: plain.slice(0, ID_LENGTH), secret: plain.slice(ID_LENGTH) };
}

function signature(plain: string, key: string): string {
  return hmacBase64url(key, plain).slice(0, SIGNATURE_LENGTH);
}

/** Compares without telling by its time how much agreed: a signature must not be found out bit by bit. */
function sameText(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i += 1) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}
