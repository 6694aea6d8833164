import { allocateBytes, beforeSnapshot, toBase64url } from '#digest';

/** Returns a new array of `length` unpredictable bytes. */
export type RandomBytes = (length: number) => Uint8Array;

/** A source that also encodes its bytes, without an array for them: five times as fast. */
interface StringSource extends RandomBytes {
  /** Draws a number of bytes as base64url. */
  readonly string: (bytes: number) => string;
}

const POOL_BYTES = 4096;
/** How long bytes stay in the pool, in milliseconds: a clone of the running machine continues with the same ones. */
const MAX_POOL_AGE = 100;

/**
 * Creates a source that draws from the platform's CSPRNG in bulk, because one large draw costs far less than many small ones.
 * Bytes are wiped as they are returned, so the pool never holds the bytes of a token. The pool is dropped when the process is
 * written to a snapshot (`node --build-snapshot`) and when it is older than 100 ms, so that two processes do not issue the same token.
 */
export function pooledRandomBytes(): RandomBytes {
  const pool = allocateBytes(POOL_BYTES);
  let used = POOL_BYTES;
  let filledAt = 0;
  beforeSnapshot(() => {
    pool.fill(0);
    used = POOL_BYTES;
  });
  const draw = <R>(length: number, read: (start: number, end: number) => R): R => {
    const now = Date.now();
    const age = now - filledAt;
    // A clock that was set back says nothing about the pool's age.
    if (used + length > POOL_BYTES || age > MAX_POOL_AGE || age < 0) {
      crypto.getRandomValues(pool);
      used = 0;
      filledAt = now;
    }
    const start = used;
    used += length;
    const result = read(start, used);
    pool.fill(0, start, used);
    return result;
  };
  const copy = (start: number, end: number) => new Uint8Array(pool.subarray(start, end));
  const encode = (start: number, end: number) => toBase64url(pool, start, end);
  const source = (length: number) =>
    length > POOL_BYTES ? crypto.getRandomValues(new Uint8Array(length)) : draw(length, copy);
  const string = (bytes: number) => draw(bytes, encode);
  return Object.assign(source, { string }) satisfies StringSource;
}

/** Draws a number of random bytes as a base64url string. */
export function randomText(randomBytes: RandomBytes, bytes: number): string {
  return isStringSource(randomBytes) ? randomBytes.string(bytes) : toBase64url(randomBytes(bytes));
}

function isStringSource(source: RandomBytes): source is StringSource {
  return 'string' in source;
}

/** Versions rise by random steps, so that a store that was rolled back does not issue the same version twice. */
export const MAX_STEP: number = 2 ** 20;

/** Draws the step by which a write raises the version: 1 to 2^20. */
export function randomStep(randomBytes: RandomBytes): number {
  const [a = 0, b = 0, c = 0] = randomBytes(3);
  return 1 + (((a << 16) | (b << 8) | c) % MAX_STEP);
}
