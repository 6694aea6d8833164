import ms from 'ms';
import { configError } from './config-error.ts';

/**
 * A length of time: a number of milliseconds, or a string such as `'30m'`, `'12h'`, `'14 days'` that the `ms` package reads.
 */
export type Duration = number | string;

/** The longest that anything here lives, as browsers keep a cookie no longer (RFC 6265bis, section 5.5). */
export const LONGEST_LIFE: number = 400 * 24 * 60 * 60 * 1000;

// The parameter's type in `ms` is a template of every unit; what is given here comes from an app and is judged by its result.
const parse: (text: string) => number | undefined = ms as (text: string) => number | undefined;

/** Reads a duration of more than zero as whole milliseconds, since a store's deadlines are whole; `ERR_CONFIG` names the option. */
export function toMilliseconds(option: string, duration: Duration): number {
  const milliseconds =
    typeof duration === 'string' && duration !== '' && duration.length <= 100 ? parse(duration) : duration;
  if (typeof milliseconds === 'number' && Number.isFinite(milliseconds) && milliseconds > 0) {
    return Math.ceil(milliseconds);
  }
  throw configError(
    option,
    duration,
    "a length of time above zero, in milliseconds or as text such as '30m' or '14d'",
  );
}
