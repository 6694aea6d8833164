import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { pooledRandomBytes, randomPair, randomStep, randomText } from './random.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** Stands in for the platform's CSPRNG: counts its draws, and fills each with numbers that never repeat within 256 x 256 bytes. */
function countingSource(): { fills: Uint8Array[]; drawn: () => number } {
  const fills: Uint8Array[] = [];
  let drawn = 0;
  vi.spyOn(crypto, 'getRandomValues').mockImplementation((array) => {
    if (!(array instanceof Uint8Array)) throw new TypeError('The pool is an array of bytes.');
    fills.push(array);
    for (let i = 0; i < array.length; i += 1) array[i] = 1 + ((drawn + i) % 251);
    drawn += array.length;
    return array;
  });
  return { fills, drawn: () => drawn };
}

describe('pooledRandomBytes', () => {
  it('returns no byte twice, whatever the lengths', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1500 }), { maxLength: 30 }), (lengths) => {
        countingSource();
        const draw = pooledRandomBytes();
        const seen = lengths.flatMap((length) => [...draw(length)]);
        vi.restoreAllMocks();
        // Bytes left over when the pool is refilled may be skipped; those handed out keep the order of the source.
        expect(seen).toHaveLength(lengths.reduce((sum, length) => sum + length, 0));
        expect(seen.every((byte) => byte !== 0)).toBe(true);
      }),
    );
  });

  it('returns consecutive bytes of the source while the pool lasts', () => {
    countingSource();
    const draw = pooledRandomBytes();
    expect([...draw(4), ...draw(3), ...draw(1)]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('calls the platform once for 4096 bytes', () => {
    const { fills } = countingSource();
    const draw = pooledRandomBytes();
    for (let i = 0; i < 128; i += 1) draw(32);
    expect(fills).toHaveLength(1);
    draw(1);
    expect(fills).toHaveLength(2);
  });

  it('refills if the rest of the pool is too short', () => {
    countingSource();
    const draw = pooledRandomBytes();
    draw(4090);
    expect(draw(10).every((byte) => byte !== 0)).toBe(true);
  });

  it('wipes the bytes that it returns from the pool', () => {
    const { fills } = countingSource();
    const draw = pooledRandomBytes();
    draw(32);
    draw(16);
    const [pool] = fills;
    expect(pool?.subarray(0, 48).every((byte) => byte === 0)).toBe(true);
    expect(pool?.[48]).not.toBe(0);
  });

  it('leaves what it returned unchanged', () => {
    countingSource();
    const draw = pooledRandomBytes();
    const first = draw(3);
    draw(4096);
    draw(3);
    expect([...first]).toEqual([1, 2, 3]);
  });

  it('serves a draw larger than the pool, and one of exactly its size', () => {
    const { fills } = countingSource();
    const draw = pooledRandomBytes();
    expect(draw(4096)).toHaveLength(4096);
    expect(fills).toHaveLength(1);
    const large = draw(5000);
    expect(large).toHaveLength(5000);
    expect(large.every((byte) => byte !== 0)).toBe(true);
  });

  it('encodes the same bytes as it would return, none of them twice, and wipes them', () => {
    countingSource();
    const bytes = pooledRandomBytes();
    const expected = Array.from({ length: 200 }, () => Buffer.from(bytes(32)).toString('base64url'));
    vi.restoreAllMocks();
    const { fills } = countingSource();
    const texts = pooledRandomBytes();
    expect(Array.from({ length: 200 }, () => randomText(texts, 32))).toEqual(expected);
    expect(fills[0]?.subarray(0, (200 - 128) * 32).every((byte) => byte === 0)).toBe(true);
  });

  it('encodes two strings of one draw as two draws give them, and wipes their bytes', () => {
    countingSource();
    const bytes = pooledRandomBytes();
    const text = (length: number) => Buffer.from(bytes(length)).toString('base64url');
    const expected = Array.from({ length: 80 }, () => [text(16), text(32)]);
    vi.restoreAllMocks();
    const { fills } = countingSource();
    const pairs = pooledRandomBytes();
    const plain = (length: number) => pairs(length);
    expect(
      Array.from({ length: 80 }, (_, at) => [...randomPair(at % 2 === 0 ? pairs : plain, 16, 32)]),
    ).toEqual(expected);
    expect(fills[0]?.subarray(0, 80 * 48).every((byte) => byte === 0)).toBe(true);
  });

  it('drops bytes that are older than 100 ms, or that the clock says are of the future', () => {
    vi.useFakeTimers();
    const { fills } = countingSource();
    const draw = pooledRandomBytes();
    draw(1);
    vi.advanceTimersByTime(100);
    draw(1);
    expect(fills).toHaveLength(1);
    vi.advanceTimersByTime(1);
    draw(1);
    expect(fills).toHaveLength(2);
    vi.setSystemTime(Date.now() - 60_000);
    draw(1);
    expect(fills).toHaveLength(3);
    vi.useRealTimers();
  });

  it('shares nothing between two sources', () => {
    expect(randomText(pooledRandomBytes(), 32)).not.toBe(randomText(pooledRandomBytes(), 32));
  });
});

describe('randomStep', () => {
  const step = (...bytes: number[]) => randomStep(() => Uint8Array.from(bytes));

  it('is 1 plus a number below 2^20', () => {
    expect(step(0, 0, 0)).toBe(1);
    expect(step(0xff, 0xff, 0xff)).toBe(2 ** 20);
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 3, maxLength: 3 }), ([a = 0, b = 0, c = 0]) => {
        expect(step(a, b, c)).toBe(1 + (((a % 16) << 16) | (b << 8) | c));
      }),
    );
  });
});
