import { hash } from 'node:crypto';
import type { SessionStore } from '@coatcheck/core';
import { statOf } from '../stats.ts';
import { BODY, type GrowthPlan, type Point } from './growth.ts';

const HOUR = 3_600_000;

/** Returns the key of one of the sessions, counted from 0. It looks like a random one, as those of sessions are, so neighbours lie far apart in the store. */
export function keyOf(session: number): string {
  return hash('sha256', String(session), 'base64url').slice(0, 22);
}

/** Reads and writes sessions that are drawn from all that a store holds. */
export class Sample {
  readonly #store: Pick<SessionStore, 'read' | 'compareAndSet'>;
  readonly #plan: GrowthPlan;
  readonly #versions = new Map<string, number>();

  constructor(store: Pick<SessionStore, 'read' | 'compareAndSet'>, plan: GrowthPlan) {
    this.#store = store;
    this.#plan = plan;
  }

  /**
   * Measures one read and one write, one call at a time, in microseconds, of a store with so many sessions. `serverTime` returns for how many microseconds the
   * database server has run so far.
   */
  async measure(
    sessions: number,
    serverTime?: () => Promise<number>,
  ): Promise<Pick<Point, 'read' | 'write' | 'server'>> {
    const times = { read: [] as number[], write: [] as number[] };
    const server = { read: 0, write: 0 };
    // The first round warms up.
    for (let round = 0; round <= this.#plan.rounds; round += 1) {
      const keys = Array.from({ length: this.#plan.sample }, () =>
        keyOf(Math.floor(Math.random() * sessions)),
      );
      const read = await timed(keys, (key) => this.#read(key));
      const write = await timed(keys, (key) => this.#write(key));
      if (round === 0) continue;
      times.read.push(read);
      times.write.push(write);
      if (serverTime === undefined) continue;
      // A busy server takes less for a call than one that wakes up for each.
      const distinct = [...new Set(keys)];
      const began = await serverTime();
      await atOnce(distinct, (key) => this.#read(key));
      const between = await serverTime();
      await atOnce(distinct, (key) => this.#write(key));
      server.read += (between - began) / distinct.length;
      server.write += ((await serverTime()) - between) / distinct.length;
    }
    return {
      read: statOf(times.read),
      write: statOf(times.write),
      ...(serverTime && {
        server: { read: server.read / this.#plan.rounds, write: server.write / this.#plan.rounds },
      }),
    };
  }

  async #read(key: string): Promise<void> {
    const record = await this.#store.read(key);
    if (record?.version !== this.#versionOf(key)) throw new Error('A session is missing, or was changed');
  }

  async #write(key: string): Promise<void> {
    const version = this.#versionOf(key);
    const next = { version: version + 1, expiresAt: Date.now() + HOUR, body: BODY };
    if ((await this.#store.compareAndSet(key, version, next)) !== true)
      throw new Error('A write lost, where nobody else writes');
    this.#versions.set(key, version + 1);
  }

  #versionOf(key: string): number {
    return this.#versions.get(key) ?? 1;
  }
}

const AT_ONCE = 64;

/** Makes a call for each key, many at the same time. */
async function atOnce(keys: readonly string[], call: (key: string) => Promise<void>): Promise<void> {
  const left = keys.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const key of left) await call(key);
    }),
  );
}

async function timed(keys: readonly string[], call: (key: string) => Promise<void>): Promise<number> {
  const start = performance.now();
  for (const key of keys) await call(key);
  return (1000 * (performance.now() - start)) / keys.length;
}
