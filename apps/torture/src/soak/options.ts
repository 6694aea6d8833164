import { parseArgs } from 'node:util';
import { readNumber } from '../options.ts';
import type { StoreKind } from '../stores/store-under-test.ts';

/** The stores that a soak can have. */
type SoakStore = Exclude<StoreKind, 'cluster'>;

const STORES: readonly SoakStore[] = ['sqlite', 'redis', 'postgres'];

/** So many, that enough visitors wait for nothing also where the servers pause for a while. */
const MIN_SESSIONS = 4000;

/** What the command line asks for. */
export interface SoakOptions {
  readonly store: SoakStore;
  readonly sessions: number;
  readonly minutes: number;
  readonly servers: number;
  /** How many requests at the same time measure the capacity. */
  readonly clients: number;
  /** The part of the capacity that is used, in percent. */
  readonly load: number;
  readonly seed: number;
  /** The directory of the results. */
  readonly out: string;
}

/** How the soak is called. */
export const SOAK_USAGE = `pnpm torture soak --store sqlite|redis|postgres
  --sessions 200000   how many sessions the store has
  --minutes 30        how long the load lasts
  --load 70           the load, in percent of the measured capacity
  --servers 3         how many servers: Express, Koa and Hono in turn
  --clients 32        how many requests at the same time measure the capacity
  --seed 1
  --out <dir>         where soak-<store>.jsonl and soak-<store>.svg are written: here
pnpm torture soak-table <file.jsonl…>   writes such results as a table of Markdown`;

/**
 * Reads the command line.
 *
 * @throws for an argument that is wrong, and says what to write instead.
 */
export function readSoakOptions(args: readonly string[]): SoakOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      store: { type: 'string' },
      sessions: { type: 'string', default: '200000' },
      minutes: { type: 'string', default: '30' },
      load: { type: 'string', default: '70' },
      servers: { type: 'string', default: '3' },
      clients: { type: 'string', default: '32' },
      seed: { type: 'string', default: '1' },
      out: { type: 'string', default: '.' },
    },
  });
  const store = STORES.find((kind) => kind === values.store);
  if (store === undefined) {
    throw new Error(`--store must be one of ${STORES.join(', ')}; received '${values.store ?? ''}'.`);
  }
  const sessions = readNumber('--sessions', values.sessions);
  if (sessions < MIN_SESSIONS) {
    throw new Error(
      `--sessions must be at least ${MIN_SESSIONS.toLocaleString('en-US')}; received '${sessions}'.`,
    );
  }
  const load = readNumber('--load', values.load);
  if (load >= 100) throw new Error(`--load must be below 100 percent; received '${load}'.`);
  return {
    store,
    sessions,
    minutes: readNumber('--minutes', values.minutes),
    load,
    servers: readNumber('--servers', values.servers),
    clients: readNumber('--clients', values.clients),
    seed: readNumber('--seed', values.seed),
    out: values.out,
  };
}
