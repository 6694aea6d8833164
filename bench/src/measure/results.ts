import type { Case } from '../drive/visitors.ts';
import type { Stat } from '../stats.ts';
import type { Burst } from '../worker/task.ts';

/** By a side's ID. */
export type BySide<Value> = Record<string, Value>;
export type ByCase<Value> = Partial<Record<Case | 'signOut', Value>>;

/** What was measured, as it is kept in bench/results/results.json. Times are in microseconds unless a name says otherwise. */
export interface Results {
  measured: Measured;
  /** One request after the other, by the clock on the wall. */
  requests?: BySide<ByCase<RequestCost>>;
  /** Some at once, by the CPU time of the whole process. */
  requestsAtOnce?: BySide<ByCase<RequestCost>>;
  http?: BySide<ByCase<Throughput>>;
  calls?: BySide<ByCase<Record<string, number>>>;
  commands?: BySide<ByCase<readonly string[]>>;
  bursts?: BySide<Burst>;
  weights?: BySide<Stat>;
  sweeps?: BySide<SweepCost>;
  draws?: Draws;
  bundles?: Record<string, BundleSize>;
  /** In milliseconds. */
  imports?: Record<string, Stat>;
}

/** When and on what. */
export interface Measured {
  readonly date: string;
  readonly cores: number;
  readonly cpu: string;
  readonly node: string;
  readonly redis: string | undefined;
  readonly versions: Record<string, string>;
  readonly isQuick: boolean;
  readonly rounds: number;
}

/** What a request costs, and what of it the sessions cost: each round's difference to the bare framework's. */
export interface RequestCost {
  readonly whole: Stat;
  readonly overhead: Stat;
}

export interface Throughput {
  /** Requests a second. */
  readonly rate: Stat;
  /** As a part of the bare framework's in the same round. */
  readonly ofBare: Stat;
}

export interface SweepCost {
  readonly swept: number;
  readonly busyMilliseconds: Stat;
  readonly longestMilliseconds: Stat;
  /** What an idle loop is held up for on the same machine. */
  readonly idleLongestMilliseconds: Stat;
}

/** In nanoseconds. */
export interface Draws {
  readonly token: Stat;
  readonly expressSessionId: Stat;
  readonly hash: Stat;
  readonly webCryptoHash: Stat;
}

export interface BundleSize {
  readonly minified: number;
  readonly compressed: number;
}
