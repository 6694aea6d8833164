import { allocateBytes, beforeSnapshot, toBase64url } from '#digest';

/** A source of unpredictable bytes. */
export interface RandomBytes {
  /** Returns a new array of `length` bytes. */
  (length: number): Uint8Array;
  /** Draws two numbers of bytes as base64url, without an array for them: many times as fast. */
  readonly pair?: (first: number, second: number) => readonly [string, string];
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
  const claim = (length: number): number => {
    const now = Date.now();
    const age = now - filledAt;
    // A clock that was set back says nothing about the pool's age.
    if (used + length > POOL_BYTES || age > MAX_POOL_AGE || age < 0) {
      crypto.getRandomValues(pool);
      used = 0;
      filledAt = now;
    }
    used += length;
    return used - length;
  };
  const source = (length: number) => {
    if (length > POOL_BYTES) return crypto.getRandomValues(new Uint8Array(length));
    const start = claim(length);
    const bytes = new Uint8Array(pool.subarray(start, used));
    pool.fill(0, start, used);
    return bytes;
  };
  const pair = (first: number, second: number): readonly [string, string] => {
    const start = claim(first + second);
    const middle = start + first;
    const strings = [toBase64url(pool, start, middle), toBase64url(pool, middle, used)] as const;
    pool.fill(0, start, used);
    return strings;
  };
  return Object.assign(source, { pair });
}

/** Draws a number of random bytes as a base64url string. */
export function randomText(randomBytes: RandomBytes, bytes: number): string {
  return randomPair(randomBytes, bytes, 0)[0];
}

/** Draws two numbers of random bytes as two base64url strings. */
export function randomPair(
  randomBytes: RandomBytes,
  first: number,
  second: number,
): readonly [string, string] {
  return (
    randomBytes.pair?.(first, second) ?? [toBase64url(randomBytes(first)), toBase64url(randomBytes(second))]
  );
}

/** Versions rise by random steps, so that a store that was rolled back does not issue the same version twice. */
export const MAX_STEP: number = 2 ** 20;

/** Draws the step by which a write raises the version: 1 to 2^20. */
export function randomStep(randomBytes: RandomBytes): number {
  const [a = 0, b = 0, c = 0] = randomBytes(3);
  return 1 + (((a << 16) | (b << 8) | c) % MAX_STEP);
}
