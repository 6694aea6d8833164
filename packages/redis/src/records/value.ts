import type { StoreRecord } from '@coatcheck/core';

/** The moment furthest ahead that is handed to Redis, in the year 287396. */
const LAST_MOMENT = Number.MAX_SAFE_INTEGER;

/**
 * Writes a record as the one string that Redis keeps: `<version> <expiresAt>\n<body>`.
 *
 * The version comes first and as text, so that a script compares it without reading the rest and without Lua's numbers.
 */
export function encodeValue({ version, expiresAt, body }: StoreRecord): string {
  if (!Number.isSafeInteger(version)) throw new TypeError('The version of a record must be a safe integer');
  if (Number.isNaN(expiresAt)) throw new TypeError('expiresAt of a record must be a number');
  // Encoded as UTF-8 a lone surrogate turns into another character.
  if (!body.isWellFormed()) throw new TypeError('The body of a record must hold no lone surrogate');
  return `${version} ${expiresAt}\n${body}`;
}

/** Reads what `encodeValue` wrote; throws for anything else. */
export function decodeValue(value: string): StoreRecord {
  const space = value.indexOf(' ');
  const lineEnd = value.indexOf('\n', space);
  const version = space > 0 ? Number(value.slice(0, space)) : Number.NaN;
  const expiresAt = lineEnd > space + 1 ? Number(value.slice(space + 1, lineEnd)) : Number.NaN;
  if (!Number.isSafeInteger(version) || Number.isNaN(expiresAt)) {
    throw new Error('Redis holds a value that this store did not write, under a key with its prefix');
  }
  return { version, expiresAt, body: value.slice(lineEnd + 1) };
}

/** Gives the start that the value of a record of this version has, and of no other. */
export function valueStart(version: number): string {
  return `${version} `;
}

/** Gives the moment for PXAT: a whole number that is never before `expiresAt`. */
export function expiryMoment(expiresAt: number): string {
  // Redis refuses 0 and less. A record that elapsed in 1970 is as gone as one that elapsed before.
  return String(Math.min(Math.max(Math.ceil(expiresAt), 1), LAST_MOMENT));
}
