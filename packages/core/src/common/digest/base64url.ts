const ALPHABET = new TextEncoder().encode('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_');

/** Encodes bytes, or a part of them, as base64url without padding (RFC 4648, section 5). For short ones: identifiers, secrets and digests. */
export function toBase64url(all: Uint8Array, start = 0, end: number = all.length): string {
  const bytes = all.subarray(start, end);
  const characters = new Uint8Array(Math.ceil((bytes.length * 4) / 3));
  for (let i = 0, at = 0; i < bytes.length; i += 3, at += 4) {
    const a = bytes[i] ?? 0;
    const b = bytes[i + 1] ?? 0;
    const c = bytes[i + 2] ?? 0;
    // A write past the end of a typed array is ignored, which drops the padding.
    characters[at] = ALPHABET[a >> 2] ?? 0;
    characters[at + 1] = ALPHABET[((a & 3) << 4) | (b >> 4)] ?? 0;
    characters[at + 2] = ALPHABET[((b & 15) << 2) | (c >> 6)] ?? 0;
    characters[at + 3] = ALPHABET[c & 63] ?? 0;
  }
  // In one call: a concatenated string would stay in pieces in memory.
  return String.fromCharCode(...characters);
}
