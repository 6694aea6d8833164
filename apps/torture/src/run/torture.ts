import { type Seeded, seeded } from '../../../../packages/core/test/fuzz/seeded.ts';
import { Caller, type Counts } from '../client/caller.ts';
import type { Habits } from '../client/habits.ts';
import { closeConnections } from '../client/send.ts';
import { TokenNames } from '../client/token-names.ts';
import { HistoryWriter } from '../history/writer.ts';
import type { Nemesis } from '../nemesis/nemesis.ts';
import { type NoteServer, ServerProcess } from '../process/server-process.ts';
import type { Framework, Plant } from '../server/spec.ts';
import type { StoreUnderTest } from '../stores/store-under-test.ts';
import { Crowd } from './crowd.ts';
import { pauseFor } from './pause.ts';
import { untilRecovered } from './recovery.ts';
import { Strikes } from './strikes.ts';

/** The frameworks of the servers, in turn. */
export const FRAMEWORKS: readonly [Framework, ...Framework[]] = ['express', 'koa', 'hono'];
/** In milliseconds. Short, so that sessions are renewed within a run; longer than clocks may differ. */
const RENEWAL = 12_000;
const MAX_PER_USER = 100;

/** What is run. */
export interface TortureOptions {
  readonly store: StoreUnderTest;
  readonly nemesis: Nemesis;
  readonly seconds: number;
  readonly seed: number;
  readonly clients: number;
  readonly servers: number;
  /** What the browsers do, in place of their usual habits. */
  readonly habits?: Habits | undefined;
  /** Breaks the library on purpose. */
  readonly plants?: readonly Plant[] | undefined;
  /** The file of the history. */
  readonly path: string;
  /** Ends the run early, without a last line of its history. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** How far a run is. */
export interface Progress extends Counts {
  readonly seconds: number;
  readonly faults: number;
}

/**
 * Lets browsers use servers while a nemesis strikes, and writes the history. Ends every server that it started, also if it fails; the store stays the caller's.
 *
 * @throws if a server does not start, if the nemesis fails, or if the signal is aborted.
 */
export async function torture(options: TortureOptions): Promise<void> {
  const { nemesis, seed, seconds, servers: count, store, signal } = options;
  const history = new HistoryWriter(options.path);
  const random = seeded(seed);
  const clocks = clocksOf(nemesis, random, count);
  history.write({
    type: 'run',
    format: 1,
    store: store.kind,
    nemesis: nemesis.name,
    seed,
    seconds,
    servers: count,
    clocks,
    renewalGrace: RENEWAL,
    maxPerUser: MAX_PER_USER,
    strikes: nemesis.strike !== undefined,
    undoes: nemesis.undoes,
  });
  const note: NoteServer = (server, what, detail) => history.write({ type: 'server', server, what, detail });
  const servers: ServerProcess[] = [];
  try {
    for (const [at, clock] of clocks.entries()) {
      signal?.throwIfAborted();
      const framework = FRAMEWORKS[at % FRAMEWORKS.length] ?? FRAMEWORKS[0];
      const spec = {
        framework,
        store: store.addressOf(at),
        hasOrders: store.kind === 'sqlite' && nemesis.ordersDisk,
        clock,
        renewAfter: RENEWAL,
        renewalGrace: RENEWAL,
        plants: options.plants,
      };
      servers.push(await ServerProcess.start(at, spec, note));
    }
    signal?.throwIfAborted();
    await use(options, { servers, history, random });
    await Promise.all(servers.map((server) => server.stop()));
    history.close();
  } finally {
    closeConnections();
    await Promise.all(servers.map((server) => server.stop()));
    history.abandon();
  }
}

interface Rig {
  readonly servers: readonly ServerProcess[];
  readonly history: HistoryWriter;
  readonly random: Seeded;
}

/** Runs the crowd and the nemesis until the time is over, then looks whether everything is well again. */
async function use(options: TortureOptions, { servers, history, random }: Rig): Promise<void> {
  const { nemesis, store, seconds, seed, clients, habits, signal, onProgress } = options;
  const over = new AbortController();
  const end = (): void => over.abort();
  const isOver = (): boolean => over.signal.aborted;
  const pause = (milliseconds: number): Promise<void> => pauseFor(milliseconds, over.signal);
  const names = new TokenNames();
  const caller = new Caller(history, names, (server) => servers[server]?.port ?? 0);
  const crowd = new Crowd({ clients, servers: servers.length, seed, caller, names, habits, pause });
  const strikes = new Strikes(nemesis, { servers, store, random, pause }, history);
  const start = history.now;
  const progress = setInterval(() => {
    onProgress?.({ ...caller.counts, seconds: (history.now - start) / 1000, faults: strikes.faults });
  }, 1000);
  const timer = setTimeout(end, seconds * 1000);
  signal?.addEventListener('abort', end);
  try {
    const striking = strikes.run(isOver);
    // A nemesis that fails ends the run.
    striking.catch(end);
    await crowd.run(isOver);
    await striking;
    signal?.throwIfAborted();
    await untilRecovered(servers.length, caller, history);
    await crowd.takeLeave();
  } finally {
    clearTimeout(timer);
    clearInterval(progress);
    signal?.removeEventListener('abort', end);
    end();
  }
}

/** How far each server's clock is ahead: one of them is off, ahead or behind. */
function clocksOf({ clock = 0 }: Nemesis, random: Seeded, servers: number): readonly number[] {
  const off = random.chance(0.5) ? clock : 0 - clock;
  return Array.from({ length: servers }, (_, at) => (at === 1 ? off : 0));
}
