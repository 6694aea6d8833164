import { allocateBytes, toBase64url } from '#digest';

/** Fills a new array with `length` unpredictable bytes. */
export type RandomBytes = (length: number) => Uint8Array;

/** A source that writes its bytes as text without an array for them, which takes a fifth of the time. */
interface TextSource extends RandomBytes {
  readonly text: (bytes: number) => string;
}

const POOL_BYTES = 4096;

/**
 * Makes a source that draws from the platform's CSPRNG in bulk, since one large draw costs far less than many small ones.
 * Bytes are wiped as they are handed out, so the pool never holds what a token was made of.
 */
export function pooledRandomBytes(): RandomBytes {
  const pool = allocateBytes(POOL_BYTES);
  let used = POOL_BYTES;
  const drawn = <R>(length: number, read: (start: number, end: number) => R): R => {
    if (used + length > POOL_BYTES) {
      crypto.getRandomValues(pool);
      used = 0;
    }
    const start = used;
    used += length;
    const result = read(start, used);
    pool.fill(0, start, used);
    return result;
  };
  const copied = (start: number, end: number) => new Uint8Array(pool.subarray(start, end));
  const encoded = (start: number, end: number) => toBase64url(pool, start, end);
  const source = (length: number) =>
    length > POOL_BYTES ? crypto.getRandomValues(new Uint8Array(length)) : drawn(length, copied);
  const text = (bytes: number) => drawn(bytes, encoded);
  return Object.assign(source, { text }) satisfies TextSource;
}

/** Draws a random text of the given number of bytes, in base64url. */
export function randomText(randomBytes: RandomBytes, bytes: number): string {
  return isTextSource(randomBytes) ? randomBytes.text(bytes) : toBase64url(randomBytes(bytes));
}

function isTextSource(source: RandomBytes): source is TextSource {
  return 'text' in source;
}

/** The steps between two versions are below 2^20, so that a store rolled back does not meet the same version twice. */
export const MAX_STEP: number = 2 ** 20;

/** Draws by how much a write raises the version: 1 to 2^20. */
export function randomStep(randomBytes: RandomBytes): number {
  const [a = 0, b = 0, c = 0] = randomBytes(3);
  return 1 + (((a << 16) | (b << 8) | c) % MAX_STEP);
}
