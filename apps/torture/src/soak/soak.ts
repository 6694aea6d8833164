import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { seeded } from '../../../../packages/core/test/fuzz/seeded.ts';
import { closeConnections } from '../client/send.ts';
import { ServerProcess } from '../process/server-process.ts';
import { removeDirectory, temporaryDirectory } from '../process/temporary-directory.ts';
import { pauseFor } from '../run/pause.ts';
import { FRAMEWORKS } from '../run/torture.ts';
import type { StoreUnderTest } from '../stores/store-under-test.ts';
import { fill } from './fill.ts';
import { fillCaches, keepRate, measureCapacity, measureFastest } from './load.ts';
import { SoakWriter } from './record.ts';
import { Tally } from './tally.ts';
import { Visitors } from './visitors.ts';

/** In milliseconds. Short enough that most sessions are renewed within half an hour. */
const LIFETIMES = { renewAfter: 300_000, renewalGrace: 60_000 };

/** What a soak is. Times are in seconds. */
export interface Soak {
  readonly store: StoreUnderTest;
  readonly sessions: number;
  readonly servers: number;
  readonly clients: number;
  /** The part of the capacity that is used, in percent. */
  readonly load: number;
  readonly seed: number;
  /** How long the servers are used before the capacity is measured, how long that lasts, and how long the load. */
  readonly warmUp: number;
  readonly measuring: number;
  readonly lasts: number;
  /** The time between two readings. */
  readonly window: number;
  /** The file of the results. */
  readonly path: string;
  /** Breaks the servers on purpose: so many bytes of each request are never released. */
  readonly leaks?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((what: string) => void) | undefined;
}

/**
 * Fills a store, measures how much the servers handle, and uses them below that for long, while they measure themselves. Ends every server that it started, also
 * if it fails; the store stays the caller's.
 *
 * @throws if a server does not start or does not keep up, or if the signal is aborted.
 */
export async function soak(options: Soak): Promise<void> {
  const { store, sessions, signal, leaks, servers: count, onProgress } = options;
  const writer = new SoakWriter(options.path);
  const directory = temporaryDirectory('soak');
  const servers: ServerProcess[] = [];
  const died: string[] = [];
  try {
    onProgress?.(`fills the store with ${sessions} sessions`);
    const filling = {
      store: store.addressOf(0, true),
      sessions,
      path: join(directory, 'tokens'),
      ...LIFETIMES,
    };
    const tokens = await fill(filling, signal);
    for (let at = 0; at < count; at += 1) {
      signal?.throwIfAborted();
      const framework = FRAMEWORKS[at % FRAMEWORKS.length] ?? FRAMEWORKS[0];
      const spec = {
        framework,
        store: store.addressOf(at, true),
        clock: 0,
        isMeasured: true,
        leaks,
        ...LIFETIMES,
      };
      const note = (server: number, what: string, detail?: string): void => {
        if (what === 'died') died.push(`Server ${server} ended by itself: ${detail}`);
      };
      servers.push(await ServerProcess.start(at, spec, note));
    }
    signal?.throwIfAborted();
    await use(options, { tokens, servers, writer, died });
  } finally {
    closeConnections();
    await Promise.all(servers.map((server) => server.stop()));
    removeDirectory(directory);
  }
}

interface Rig {
  readonly tokens: readonly string[];
  readonly servers: readonly ServerProcess[];
  readonly writer: SoakWriter;
  readonly died: readonly string[];
}

async function use(options: Soak, { tokens, servers, writer, died }: Rig): Promise<void> {
  const { store, clients, load, seed, warmUp, measuring, lasts, window, signal, onProgress } = options;
  const random = seeded(seed);
  const visitors = new Visitors({ tokens, ports: servers.map(({ port }) => port), random });
  const tally = new Tally();
  const isOver = (): boolean => signal?.aborted === true || died.length > 0;

  onProgress?.('fills the caches of the servers');
  await fillCaches(visitors, clients, isOver);
  onProgress?.('measures the capacity');
  await measureFastest(visitors, tally, clients, within(warmUp, isOver));
  tally.take(0);
  const fastest = await measureFastest(visitors, tally, clients, within(measuring, isOver));
  tally.take(0);
  const capacity = await measureCapacity(visitors, tally, { fastest, random, seconds: measuring }, isOver);
  signal?.throwIfAborted();
  const rate = (capacity * load) / 100;
  writer.write({
    type: 'soak',
    format: 1,
    date: new Date().toISOString(),
    node: process.versions.node,
    machine: `${availableParallelism()} cores of ${cpus()[0]?.model ?? 'an unknown processor'}`,
    store: store.kind,
    version: store.version,
    servers: servers.length,
    sessions: tokens.length,
    minutes: lasts / 60,
    seed,
    capacity,
    rate,
  });
  await Promise.all(servers.map((server) => server.restartMeasuring()));
  const begin = performance.now();
  const now = (): number => (performance.now() - begin) / 1000;
  const sample = async (): Promise<void> => {
    for (const server of servers) {
      if (died.length > 0) return;
      const reading = await server.measure();
      writer.write({ type: 'server', at: now(), server: server.index, ...reading });
    }
    const requests = tally.take(now());
    writer.write(requests);
    onProgress?.(
      `${Math.round(now())} of ${lasts} s, ${Math.round(rate)} requests a second of ${Math.round(capacity)}, p99 ${requests.p99.toFixed(1)} ms`,
    );
  };
  const over = new AbortController();
  const end = (): void => over.abort();
  const isEnded = (): boolean => isOver() || over.signal.aborted;
  const loading = keepRate(visitors, tally, { rate, random }, isEnded).finally(end);
  // Where the load fails, no more is read.
  loading.catch(() => {});
  while (!isEnded()) {
    const left = Math.max(0, lasts - now());
    // The last window is not so short that a single moment fills it.
    const isLast = left < window * 1.5;
    await pauseFor((isLast ? left : window) * 1000, over.signal);
    if (isLast) {
      // The last reading has the responses of all requests.
      end();
      await loading;
    }
    await sample();
  }
  await loading;
  signal?.throwIfAborted();
  writer.close({ at: now(), died });
}

/** Tells when so many seconds have passed, or when something is over. */
function within(seconds: number, isOver: () => boolean): () => boolean {
  const end = performance.now() + seconds * 1000;
  return () => isOver() || performance.now() >= end;
}
