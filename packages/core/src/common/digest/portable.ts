import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { toBase64url } from './base64url.ts';

export { toBase64url };

/** Allocates bytes. */
export function allocateBytes(length: number): Uint8Array {
  return new Uint8Array(length);
}

const utf8 = new TextEncoder();

/** Computes SHA-256 of a string's UTF-8 bytes, in base64url without padding. */
export function sha256Base64url(value: string): string {
  return toBase64url(sha256(utf8.encode(value)));
}

/** Computes HMAC-SHA-256 of the message's UTF-8 bytes under the key's, in base64url without padding. */
export function hmacBase64url(key: string, message: string): string {
  return toBase64url(hmac(sha256, utf8.encode(key), utf8.encode(message)));
}

/** Does nothing: only Node.js writes a process to a snapshot. */
export function beforeSnapshot(_action: () => void): void {}
