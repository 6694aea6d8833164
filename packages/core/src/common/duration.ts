import ms from 'ms';
import { configError } from './errors.ts';

/** A duration: a number of milliseconds, or a string that the `ms` package reads, such as `'30m'`, `'12h'` or `'14 days'`. */
export type Duration = number | string;

/** The longest lifetime of a session and its cookie: browsers keep no cookie longer (RFC 6265bis, section 5.5). */
export const MAX_LIFETIME: number = 400 * 24 * 60 * 60 * 1000;

// `ms` types its parameter as a template of every unit. The strings here come from an app's options, and the result is checked.
const parse: (text: string) => number | undefined = ms as (text: string) => number | undefined;

/** Parses a duration above zero into whole milliseconds, as a store keeps deadlines. Throws `ERR_CONFIG` with the option's name. */
export function toMilliseconds(option: string, duration: Duration): number {
  const milliseconds =
    typeof duration === 'string' && duration !== '' && duration.length <= 100 ? parse(duration) : duration;
  if (typeof milliseconds === 'number' && Number.isFinite(milliseconds) && milliseconds > 0) {
    return Math.ceil(milliseconds);
  }
  throw configError(option, duration, "a duration above zero, such as '30m' or 1800000 milliseconds");
}
