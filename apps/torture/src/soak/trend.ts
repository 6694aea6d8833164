/** A value at a time. */
export interface Point {
  readonly at: number;
  readonly value: number;
}

/** By how much values rise with time, and the interval that contains it with 95 % confidence. */
export interface Trend {
  readonly slope: number;
  readonly low: number;
  readonly high: number;
}

/** So many independent values there are at least, as far as that can be told. */
const MIN_EFFECTIVE = 5;

/**
 * Fits a line to values by least squares. Values that follow each other resemble each other, so they count as fewer than there are, by the correlation of each
 * residual with the next (Santer et al., Journal of Geophysical Research 105, 2000).
 */
export function trendOf(points: readonly Point[]): Trend {
  const count = points.length;
  if (count < MIN_EFFECTIVE) throw new Error(`A trend needs ${MIN_EFFECTIVE} values; there are ${count}.`);
  const at = mean(points.map((point) => point.at));
  const value = mean(points.map((point) => point.value));
  const spread = sum(points.map((point) => (point.at - at) ** 2));
  const slope = sum(points.map((point) => (point.at - at) * (point.value - value))) / spread;
  const residuals = points.map((point) => point.value - value - slope * (point.at - at));
  const squares = sum(residuals.map((each) => each ** 2));
  const products = sum(residuals.slice(1).map((each, before) => each * (residuals[before] ?? 0)));
  const correlation = squares === 0 ? 0 : Math.max(products / squares, 0);
  const effective = Math.max((count * (1 - correlation)) / (1 + correlation), MIN_EFFECTIVE);
  const error = Math.sqrt(squares / (effective - 2) / spread);
  const margin = error * quantileOfT(effective - 2);
  return { slope, low: slope - margin, high: slope + margin };
}

/** The 97.5 % quantile of Student's distribution (Abramowitz and Stegun, 26.7.5). */
function quantileOfT(freedom: number): number {
  const x = 1.959964;
  return (
    x +
    (x ** 3 + x) / (4 * freedom) +
    (5 * x ** 5 + 16 * x ** 3 + 3 * x) / (96 * freedom ** 2) +
    (3 * x ** 7 + 19 * x ** 5 + 17 * x ** 3 - 15 * x) / (384 * freedom ** 3)
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}
