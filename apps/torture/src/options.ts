import { parseArgs } from 'node:util';
import { findNemesis, nemesesOf } from './nemesis/nemeses.ts';
import type { Nemesis } from './nemesis/nemesis.ts';
import { STORE_KINDS, type StoreKind } from './stores/store-under-test.ts';

/** One store under one nemesis. */
export interface Pair {
  readonly store: StoreKind;
  readonly nemesis: Nemesis;
}

/** What the command line asks for. */
export interface Options {
  readonly pairs: readonly Pair[];
  readonly seconds: number;
  readonly seeds: readonly number[];
  readonly clients: number;
  readonly servers: number;
  /** A directory in which the histories are kept; undefined: they are kept only if there is a violation. */
  readonly keep: string | undefined;
  /** A file to which each run's result is appended as a line of JSON. */
  readonly json: string | undefined;
}

/** How the program is called. */
export const USAGE = `pnpm torture --store sqlite|redis|cluster|postgres|all --nemesis <name>|none|all
  --seconds 20   how long each run lasts
  --seed 1       one seed, or several with commas between
  --clients 24   how many browsers
  --servers 3    how many servers: Express, Koa and Hono in turn
  --keep <dir>   keeps the history of every run, not only of one with a violation
  --json <file>  appends the result of each run, as one line of JSON
pnpm torture table <file…>   writes such results as tables of Markdown`;

/**
 * Reads the command line.
 *
 * @throws for an argument that is wrong, and says what to write instead.
 */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      store: { type: 'string' },
      nemesis: { type: 'string', default: 'none' },
      seconds: { type: 'string', default: '20' },
      seed: { type: 'string', default: '1' },
      clients: { type: 'string', default: '24' },
      servers: { type: 'string', default: '3' },
      keep: { type: 'string' },
      json: { type: 'string' },
    },
  });
  const stores = STORE_KINDS.filter((kind) => values.store === kind || values.store === 'all');
  if (stores.length === 0) {
    const names = STORE_KINDS.join(', ');
    throw new Error(`--store must be all or one of ${names}; received '${values.store ?? ''}'.`);
  }
  return {
    pairs: stores.flatMap((store) => pairsOf(store, values.nemesis)),
    seconds: readNumber('--seconds', values.seconds),
    seeds: values.seed.split(',').map((seed) => readNumber('--seed', seed)),
    clients: readNumber('--clients', values.clients),
    servers: readNumber('--servers', values.servers),
    keep: values.keep,
    json: values.json,
  };
}

function pairsOf(store: StoreKind, name: string): readonly Pair[] {
  const nemeses = name === 'all' ? nemesesOf(store) : [findNemesis(store, name)];
  return nemeses.map((nemesis) => ({ store, nemesis }));
}

/** Reads a whole number from 1. */
export function readNumber(name: string, value: string): number {
  const number = Number(value);
  if (Number.isInteger(number) && number > 0) return number;
  throw new Error(`${name} must be a whole number from 1; received '${value}'.`);
}
