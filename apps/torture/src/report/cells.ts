import type { Summary } from './summary.ts';

/** Writes a whole number. */
export function number(value: number): string {
  return value.toLocaleString('en-US');
}

/** Writes a time in milliseconds. */
export function time(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

/** Writes how long it took until every server accepted writes again. */
export function recovery(value: Summary['recovery']): string {
  if (value === undefined) return '–';
  return value === 'never' ? 'never' : time(value);
}

/** Writes a part of a whole. Only nothing at all is 0. */
export function share(part: number, whole: number): string {
  if (part === 0) return '0';
  const percent = (part / whole) * 100;
  return percent < 0.05 ? '< 0.1 %' : `${percent.toFixed(1)} %`;
}
