import { toBase64url } from '#digest';

/** Fills a new array with `length` unpredictable bytes. */
export type RandomBytes = (length: number) => Uint8Array;

const POOL_BYTES = 4096;

/**
 * Makes a source that draws from the platform's CSPRNG in bulk, since one large draw costs far less than many small ones.
 * Bytes are wiped as they are handed out, so the pool never holds what a token was made of.
 */
export function pooledRandomBytes(): RandomBytes {
  const pool = new Uint8Array(POOL_BYTES);
  let used = POOL_BYTES;
  return (length) => {
    if (length > POOL_BYTES) return crypto.getRandomValues(new Uint8Array(length));
    if (used + length > POOL_BYTES) {
      crypto.getRandomValues(pool);
      used = 0;
    }
    const bytes = pool.slice(used, used + length);
    pool.fill(0, used, used + length);
    used += length;
    return bytes;
  };
}

/** Draws a random text of the given number of bytes, in base64url. */
export function randomText(randomBytes: RandomBytes, bytes: number): string {
  return toBase64url(randomBytes(bytes));
}

/** The steps between two versions are below 2^20, so that a store rolled back does not meet the same version twice. */
const MAX_STEP = 2 ** 20;

/** Draws by how much a write raises the version: 1 to 2^20. */
export function randomStep(randomBytes: RandomBytes): number {
  const [a = 0, b = 0, c = 0] = randomBytes(3);
  return 1 + (((a << 16) | (b << 8) | c) % MAX_STEP);
}
