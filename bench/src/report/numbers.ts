import type { Stat } from '../stats.ts';

/** Writes a number with as many digits as say something. */
export function figure(value: number): string {
  const size = Math.abs(value);
  if (size >= 100) return value.toFixed(0);
  return value.toFixed(size >= 10 ? 1 : 2);
}

/** Writes a median with the middle half of what was measured around it. */
export function spread({ median, low, high }: Stat, unit = ''): string {
  return `${figure(median)}${unit} (${figure(low)}–${figure(high)})`;
}

/** Writes how many times one thing is another. */
export function times(value: number): string {
  return `${figure(value)} ×`;
}

/** Writes a whole number with its thousands apart. */
export function thousands(value: number): string {
  return Math.round(value).toLocaleString('en-GB');
}
