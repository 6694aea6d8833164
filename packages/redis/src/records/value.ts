import type { StoreRecord } from '@coatcheck/core';

/** The latest expiry that is passed to Redis, in the year 287396. */
const MAX_EXPIRY = Number.MAX_SAFE_INTEGER;

/**
 * Encodes a record as the string that Redis stores: `<version> <expiresAt>\n<body>`.
 *
 * The version comes first, as decimal digits, so that a script can compare it without reading the rest and without Lua numbers.
 *
 * @throws {TypeError} if the record cannot be read back unchanged.
 */
export function encodeValue({ version, expiresAt, body }: StoreRecord): string {
  if (!Number.isSafeInteger(version))
    throw new TypeError(`The version of a record must be a safe integer; received ${version}.`);
  if (Number.isNaN(expiresAt))
    throw new TypeError('The expiresAt of a record must be a number; received NaN.');
  // UTF-8 would replace a lone surrogate with another character.
  if (!body.isWellFormed())
    throw new TypeError(
      'The body of a record must be a well-formed Unicode string; it contains a lone surrogate.',
    );
  return `${version} ${expiresAt}\n${body}`;
}

/** Decodes what `encodeValue` wrote; throws for anything else. */
export function decodeValue(value: string): StoreRecord {
  const space = value.indexOf(' ');
  const lineEnd = value.indexOf('\n', space);
  const version = space > 0 ? Number(value.slice(0, space)) : Number.NaN;
  const expiresAt = lineEnd > space + 1 ? Number(value.slice(space + 1, lineEnd)) : Number.NaN;
  if (!Number.isSafeInteger(version) || Number.isNaN(expiresAt)) {
    throw new Error('Redis contains a value that this store did not write, under a key with its prefix.');
  }
  return { version, expiresAt, body: value.slice(lineEnd + 1) };
}

/** Returns the start of the value of a record of this version, and of no other version. */
export function valueStart(version: number): string {
  return `${version} `;
}

/** Returns the argument for PXAT: whole milliseconds, never before `expiresAt`. */
export function redisExpiry(expiresAt: number): string {
  // Redis rejects 0 and less. A record that expired in 1970 is gone either way.
  return String(Math.min(Math.max(Math.ceil(expiresAt), 1), MAX_EXPIRY));
}
