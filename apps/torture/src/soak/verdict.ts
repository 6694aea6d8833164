import { SoakError, type SoakRecord } from './record.ts';
import { type Trend, trendOf } from './trend.ts';

/** By so much the heap may grow, in bytes an hour: the upper end of the confidence interval must be below it. */
const MAX_GROWTH = 10_000_000;
/** The most that the p99 of the event loop's delay may be, in milliseconds. */
export const MAX_DELAY = 20;
/** While a server starts to be used, its caches fill and its code is compiled: the trend begins after this part of the time. */
const WARM_UP = 1 / 3;
/** Such a part of the planned requests must have been sent, and such a part of these must have been good. */
const MIN_SENT = 0.95;
const MIN_GOOD = 0.99;

const HOUR = 3600;

/** What a soak shows of one server. */
export interface ServerVerdict {
  readonly server: number;
  /** How the heap grows after the warm-up, in bytes an hour. */
  readonly growth: Trend;
  /** What the heap was after the warm-up, and at the end, in bytes. */
  readonly heap: readonly [first: number, last: number];
  readonly rss: readonly [first: number, last: number];
  /** The p99 of the event loop's delay over all of the time, and of the worst window, in milliseconds. */
  readonly delay: number;
  readonly worstDelay: number;
  readonly rejections: number;
}

/** What a soak shows. */
export interface SoakVerdict {
  readonly servers: readonly ServerVerdict[];
  /** The promises that it broke, as sentences. */
  readonly faults: readonly string[];
}

/**
 * Judges a soak.
 *
 * @throws {SoakError} if it had not the load that was planned: then it shows nothing.
 */
export function judgeSoak(record: SoakRecord): SoakVerdict {
  checkLoad(record);
  const { run, end } = record;
  const servers = Array.from({ length: run.servers }, (_, server) => judgeServer(record, server));
  return { servers, faults: [...servers.flatMap(faultsOf), ...end.died] };
}

function judgeServer({ run, servers }: SoakRecord, server: number): ServerVerdict {
  const samples = servers.filter((sample) => sample.server === server);
  const warm = samples.filter(({ at }) => at >= run.minutes * 60 * WARM_UP);
  const first = warm[0];
  const last = warm.at(-1);
  if (first === undefined || last === undefined || warm.length < 5) {
    throw new SoakError(
      `Server ${server} was measured ${warm.length} times after the warm-up, which shows nothing.`,
    );
  }
  return {
    server,
    growth: trendOf(warm.map(({ at, heap }) => ({ at: at / HOUR, value: heap }))),
    heap: [first.heap, last.heap],
    rss: [first.rss, last.rss],
    delay: last.delayP99OfAll,
    worstDelay: Math.max(...samples.map(({ delayP99 }) => delayP99)),
    rejections: last.rejections,
  };
}

function faultsOf({ server, growth, delay, rejections }: ServerVerdict): readonly string[] {
  const faults: string[] = [];
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
  if (growth.high >= MAX_GROWTH) {
    const interval = `${megabytes(growth.low)} to ${megabytes(growth.high)}`;
    faults.push(
      `The heap of server ${server} is not flat: it grows by ${interval} MB an hour, and up to ${megabytes(MAX_GROWTH)} are allowed.`,
    );
  }
  if (delay >= MAX_DELAY) {
    faults.push(
      `The event loop of server ${server} is late by ${delay.toFixed(1)} ms at the p99, and ${MAX_DELAY} are allowed.`,
    );
  }
  if (rejections > 0) faults.push(`Server ${server} had ${rejections} unhandled rejections.`);
  return faults;
}

function checkLoad({ run, requests, end }: SoakRecord): void {
  const planned = run.rate * run.minutes * 60;
  const sent = requests.reduce((sum, each) => sum + each.sent, 0);
  const good = requests.reduce((sum, each) => sum + each.good, 0);
  // A server that died explains requests without a response, and is a fault of its own.
  if (end.died.length > 0) return;
  if (sent < planned * MIN_SENT) {
    throw new SoakError(`Only ${sent} of ${Math.round(planned)} requests were sent, which shows nothing.`);
  }
  if (good < sent * MIN_GOOD) {
    throw new SoakError(`Only ${good} of ${sent} requests were good, which shows nothing.`);
  }
}
