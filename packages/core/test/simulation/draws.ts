import { type Seeded, seeded } from '../fuzz/seeded.ts';

/** What a simulated world draws by chance, decided by a seed alone. */
export interface Draws extends Seeded {
  /** Draws a whole number from `least` to `most`. */
  between(least: number, most: number): number;
  /** Picks one of a table of things and weights. */
  weighted<T>(table: readonly [readonly [T, number], ...(readonly [T, number])[]]): T;
  /** Parts a length at random into `count` pieces that add up to it. */
  parts(length: number, count: number): readonly number[];
}

/** Makes the draws of a world. */
export function drawsFrom(seed: number): Draws {
  const source = seeded(seed);
  const between = (least: number, most: number) => least + source.int(most - least + 1);
  return {
    ...source,
    between,
    weighted(table) {
      let left = source.int(table.reduce((sum, [, weight]) => sum + weight, 0));
      for (const [thing, weight] of table) {
        if (left < weight) return thing;
        left -= weight;
      }
      return table[0][0];
    },
    parts(length, count) {
      const cuts = Array.from({ length: count - 1 }, () => between(0, length)).sort((a, b) => a - b);
      return [...cuts, length].map((cut, i) => cut - (cuts[i - 1] ?? 0));
    },
  };
}
