import type { StoreRecord } from '@coatcheck/core';
import type { Row } from './clients/driver.ts';

/** No string in UTF-8 begins with this byte. */
const UTF_16_MARK = 0xff;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Encodes a string as bytes, since PostgreSQL's own strings have no NUL and compare by a collation.
 *
 * The encoding is UTF-8. A string with a lone surrogate, which UTF-8 cannot encode, becomes UTF-16 after a mark.
 */
export function encodeString(text: string): Uint8Array {
  if (text.isWellFormed()) return Buffer.from(text, 'utf8');
  return Buffer.concat([Buffer.of(UTF_16_MARK), Buffer.from(text, 'utf16le')]);
}

/** Reads what `encodeString` wrote; throws for other bytes. */
function decodeString(bytes: Buffer): string {
  return bytes[0] === UTF_16_MARK ? bytes.toString('utf16le', 1) : decoder.decode(bytes);
}

/** Writes a version or a moment as a parameter. */
export function encodeInteger(what: string, value: number): string {
  if (Number.isSafeInteger(value)) return String(value);
  throw new TypeError(`The ${what} of a record must be a safe integer`);
}

/**
 * Reads a record from its version, its moment and its body in base64, all of them strings, since a client's settings decide how it reads other types.
 * Throws for what this store never writes.
 */
export function decodeRecord([version, expiresAt, body]: Row): StoreRecord {
  const record = { version: Number(version), expiresAt: Number(expiresAt) };
  if (!Number.isSafeInteger(record.version) || !Number.isSafeInteger(record.expiresAt)) throw foreignRow();
  try {
    return { ...record, body: decodeString(Buffer.from(String(body), 'base64')) };
  } catch {
    throw foreignRow();
  }
}

function foreignRow(): Error {
  return new Error(
    'A row of the session table holds what this store never writes, so something else has written to it',
  );
}
