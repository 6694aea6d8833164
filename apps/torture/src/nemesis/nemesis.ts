import type { Seeded } from '../../../../packages/core/test/fuzz/seeded.ts';
import type { Undoing } from '../history/events.ts';
import type { ServerProcess } from '../process/server-process.ts';
import type { StoreKind, StoreUnderTest } from '../stores/store-under-test.ts';

/** What a nemesis strikes at. */
export interface Target {
  readonly servers: readonly ServerProcess[];
  readonly store: StoreUnderTest;
  readonly random: Seeded;
  /** Waits so many milliseconds, or less if the run is over. */
  pause(milliseconds: number): Promise<void>;
}

/** A kind of trouble. */
export interface Nemesis {
  readonly name: string;
  /** What it does, as a sentence of the documentation. */
  readonly what: string;
  readonly stores: readonly StoreKind[];
  /** What its faults may undo, as the documentation says; undefined for nothing. */
  readonly undoes?: Undoing;
  /** Whether it orders the disk of a SQLite file to be in trouble. */
  readonly ordersDisk?: boolean;
  /** How far the clock of one server is off, in milliseconds; it may be ahead or behind. */
  readonly clock?: number;
  /** Makes one fault and mends it. Resolves to what it struck. Undefined for a nemesis that only sets a clock, or none at all. */
  readonly strike?: (target: Target) => Promise<string>;
}

/** A time between two bounds, in milliseconds. */
export function between(random: Seeded, least: number, most: number): number {
  return least + random.int(most - least + 1);
}

/** One of the servers. */
export function anyServer({ servers, random }: Target): ServerProcess {
  const server = servers[random.int(servers.length)];
  if (server === undefined) throw new Error('A run must have servers.');
  return server;
}
