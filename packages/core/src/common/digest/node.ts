import { Buffer } from 'node:buffer';
import { createHmac, hash } from 'node:crypto';
// As a whole: Bun and Deno have this module without startupSnapshot.
import v8 from 'node:v8';

/** Computes SHA-256 of a string's UTF-8 bytes, in base64url without padding. */
export function sha256Base64url(value: string): string {
  return hash('sha256', value, 'base64url');
}

/** Computes HMAC-SHA-256 of the message's UTF-8 bytes under the key's, in base64url without padding. */
export function hmacBase64url(key: string, message: string): string {
  return createHmac('sha256', key).update(message).digest('base64url');
}

/** Allocates bytes that `toBase64url` encodes fast. */
export function allocateBytes(length: number): Uint8Array {
  return Buffer.alloc(length);
}

/** Encodes bytes, or a part of them, as base64url without padding (RFC 4648, section 5). */
export function toBase64url(bytes: Uint8Array, start = 0, end: number = bytes.length): string {
  const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes);
  return buffer.toString('base64url', start, end);
}

/** Runs `action` before this process is written to a snapshot, if one is being built. */
export function beforeSnapshot(action: () => void): void {
  const snapshot: typeof v8.startupSnapshot | undefined = v8.startupSnapshot;
  // Returns 1 while one is being built, although its type says true.
  if (snapshot?.isBuildingSnapshot?.()) snapshot.addSerializeCallback(action);
}
