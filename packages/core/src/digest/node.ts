import { createHmac, hash } from 'node:crypto';

/** Computes SHA-256 of the text's UTF-8 bytes, in base64url without padding. */
export function sha256Base64url(text: string): string {
  return hash('sha256', text, 'base64url');
}

/** Computes HMAC-SHA-256 of the message's UTF-8 bytes under the key's, in base64url without padding. */
export function hmacBase64url(key: string, message: string): string {
  return createHmac('sha256', key).update(message).digest('base64url');
}
