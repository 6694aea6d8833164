/** A random source that only the seed decides, so that a run can be repeated. */
export interface Seeded {
  /** A whole number from 0 to `below` - 1. */
  int(below: number): number;
  /** True with the given probability. */
  chance(probability: number): boolean;
  pick<T>(from: readonly [T, ...T[]]): T;
  bytes(length: number): Uint8Array;
}

/** Makes a random source from a seed (mulberry32). */
export function seeded(seed: number): Seeded {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
  const int = (below: number) => next() % below;
  return {
    int,
    chance: (probability) => next() / 2 ** 32 < probability,
    pick: (from) => from[int(from.length)] ?? from[0],
    bytes: (length) => Uint8Array.from({ length }, () => int(256)),
  };
}
