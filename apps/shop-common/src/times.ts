import { type Html, html } from './html.ts';

const MOMENT = new Intl.DateTimeFormat('en-GB', {
  dateStyle: 'medium',
  timeStyle: 'short',
  timeZone: 'UTC',
});
const CLOCK = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium', timeZone: 'UTC' });

/** Renders a date and a time of day in UTC. A script converts it to the reader's time zone. */
export function moment(date: Date): Html {
  return html`<time datetime="${date.toISOString()}" data-shows="moment">${MOMENT.format(date)} UTC</time>`;
}

/** Renders a time of day with seconds. */
export function clock(date: Date): Html {
  return html`<time datetime="${date.toISOString()}" data-shows="clock">${CLOCK.format(date)} UTC</time>`;
}

/** Renders a deadline. A script counts down to it. */
export function deadline(date: Date): Html {
  return html`<time datetime="${date.toISOString()}" data-shows="countdown">${CLOCK.format(date)} UTC</time>`;
}

/** Describes how long ago a time is, for example `3 minutes ago`. */
export function ago(date: Date, now: Date): string {
  const seconds = Math.max(0, Math.round((now.getTime() - date.getTime()) / 1000));
  if (seconds < 60) return 'less than a minute ago';
  return `${lengthOf(seconds * 1000)} ago`;
}

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const;

/** Describes a duration in its largest whole unit, for example `30 minutes`. */
export function lengthOf(milliseconds: number): string {
  const [name, length] = UNITS.find(([, each]) => milliseconds >= each) ?? UNITS[3];
  const count = Math.floor(milliseconds / length);
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}
