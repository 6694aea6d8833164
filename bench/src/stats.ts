/** The middle of some measurements, with the quarters on both sides of it. */
export interface Stat {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** Sums measurements up; their outer quarters are left out of the spread. */
export function statOf(values: readonly number[]): Stat {
  const sorted = [...values].sort((a, b) => a - b);
  return { median: quantile(sorted, 0.5), low: quantile(sorted, 0.25), high: quantile(sorted, 0.75) };
}

function quantile(sorted: readonly number[], part: number): number {
  const at = (sorted.length - 1) * part;
  const below = sorted[Math.floor(at)];
  const above = sorted[Math.ceil(at)];
  if (below === undefined || above === undefined) throw new Error('Nothing was measured');
  return below + (above - below) * (at - Math.floor(at));
}
