import type { SessionEvent } from '../../src/session/events.ts';
import type { Browser } from './browser.ts';
import type { Exchange, Instant } from './exchange.ts';
import type { Ledger } from './ledger.ts';

const MAX_FAULTS = 5;
const MAX_LINES = 60;
const QUIET: readonly string[] = ['touched', 'refused', 'conflict', 'reissued'];

/** Tells what led to a run's first fault, one line for each exchange and each event. Tokens appear by labels. */
export function traceOf(
  replay: string,
  ledger: Ledger,
  browsers: readonly Browser[],
  events: readonly (SessionEvent & { readonly trueTime: number })[],
  start: number,
): string {
  const time = (at: number) => new Date(at - start).toISOString().slice(11, 23);
  const { faults } = ledger;
  const first = faults.toSorted((a, b) => (a.exchange?.sent.order ?? 0) - (b.exchange?.sent.order ?? 0))[0];
  const browser = browsers.find(({ name }) => name === first?.exchange?.browser);
  const end = first?.exchange?.arrived ?? first?.exchange?.sealed;
  const until = end?.at ?? first?.at ?? Number.POSITIVE_INFINITY;
  const own = (browser?.exchanges ?? []).filter(({ sent }) => sent.at <= until);
  const lives = new Set(own.flatMap((x) => [x.servedId, ledger.fact(x.token)?.life.id, x.beganId]));
  const lines = [
    ...own.map((x) => ({ at: x.sent.at, text: exchangeText(x, ledger, time) })),
    ...events
      .filter(
        ({ sessionId, trueTime, type }) => lives.has(sessionId) && trueTime <= until && !QUIET.includes(type),
      )
      .map(({ trueTime, ...event }) => ({
        at: trueTime,
        text: `  ${time(trueTime)} event ${event.type} of ${ledger.life(event.sessionId)?.label}`,
      })),
  ].toSorted((a, b) => a.at - b.at);
  return [
    `${faults.length} faults, among them:`,
    ...faults.slice(0, MAX_FAULTS).map(({ exchange, at, text }) => {
      const who = exchange === undefined ? '' : `#${exchange.number} of ${exchange.browser} `;
      return `  ${time(at)} ${who}${text}`;
    }),
    `What led to #${first?.exchange?.number} (sent, opened, loaded, sealed and arrived, in true time):`,
    ...lines.slice(-MAX_LINES).map(({ text }) => text),
    `Replay: ${replay}`,
  ].join('\n');
}

function exchangeText(x: Exchange, ledger: Ledger, time: (at: number) => string): string {
  const moment = (instant: Instant | undefined) => (instant === undefined ? '-' : time(instant.at));
  const label = (token: string | undefined) =>
    token === '' ? 'nothing' : (ledger.fact(token)?.label ?? (token === undefined ? 'no token' : 'unknown'));
  const served = ledger.life(x.servedId)?.label;
  const parts = [
    `  ${moment(x.sent)} #${x.number} ${x.task.act}${x.task.passive === true ? ' passive' : ''} with ${label(x.token)}`,
    `from ${x.client.ip} to server ${x.server}: opened ${moment(x.opened)}, loaded ${moment(x.loaded)},`,
    served === undefined ? `refused ${x.refusal ?? ''},` : `served ${served},`,
    x.wrote.length > 0 ? `wrote ${x.wrote.join(' ')},` : '',
    x.beganId !== undefined ? `began ${ledger.life(x.beganId)?.label},` : '',
    x.failed !== undefined ? `threw ${String(x.failed.error).slice(0, 60)} at ${moment(x.failed.at)},` : '',
    `sealed ${moment(x.sealed)}${x.brings === undefined ? '' : ` with ${label(x.brings)}`},`,
    x.pace.isLost ? 'lost' : `arrived ${moment(x.arrived)}`,
  ];
  return parts.filter(Boolean).join(' ');
}
