import type { Stat } from '../stats.ts';

/** What a store costs while it holds so many sessions. */
export interface Point {
  readonly sessions: number;
  /** Bytes of the file or of memory, for each session. */
  readonly bytesEach: number;
  /** One call at a time, in microseconds. */
  readonly read: Stat;
  readonly write: Stat;
  /** What one call takes of a processor of the database server, in microseconds. SQLite has none. */
  readonly server?: { readonly read: number; readonly write: number };
  /** What removing an expired session takes, in microseconds. Redis removes them by itself. */
  readonly sweep?: { readonly cpu: number; readonly wall: number };
}

export const STORES = ['sqlite', 'redis'] as const;

export type StoreName = (typeof STORES)[number];

/** What was measured while the stores were filled. */
export interface Growth {
  readonly measured: {
    readonly date: string;
    readonly cores: number;
    readonly cpu: string;
    readonly node: string;
    readonly redis: string;
    readonly isQuick: boolean;
  };
  readonly points: Readonly<Record<StoreName, readonly Point[]>>;
}

/** How a store is filled and measured. */
export interface GrowthPlan {
  /** How many sessions it holds at each measurement, ascending. */
  readonly sizes: readonly number[];
  /** How many sessions are read and written in each round. */
  readonly sample: number;
  readonly rounds: number;
  /** How many expired sessions are swept. */
  readonly swept: number;
}

/** About what a signed-in shopper with a few things in the cart takes. */
export const BODY = 'x'.repeat(400);
