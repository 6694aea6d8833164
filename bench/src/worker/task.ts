import type { ShopRequest } from '../drive/shop-request.ts';
import type { Case } from '../drive/visitors.ts';

/** What a worker process is asked to do, and what it replies. */
export interface Tasks {
  /** Makes the visitors with sessions that the other tasks use. */
  settle: { ask: { sessions: number }; reply: null };
  /** Runs requests of one case in the process. */
  run: { ask: { kind: Case; requests: number; atOnce: number }; reply: Spent };
  /** Serves the shop over HTTP and gives its port. */
  listen: { ask: Record<never, never>; reply: { port: number } };
  /** Makes the requests of one case for a load from outside. */
  requests: { ask: { kind: Case; count: number }; reply: { requests: readonly ShopRequest[] } };
  /** Makes one request, with whatever has to come before it. */
  prepare: { ask: { kind: Case | 'signOut' }; reply: { request: ShopRequest } };
  /** Sends one request and counts the calls of the store. */
  count: { ask: { request: ShopRequest }; reply: { calls: Record<string, number> } };
  /** Lets many writes of one session start at once. */
  burst: { ask: { writes: number }; reply: Burst };
  /** Fills the store with sessions and weighs it. */
  weigh: { ask: { sessions: number }; reply: { bytes: number } };
  /** Lets every session's time pass and sweeps. */
  sweep: { ask: { isWatched: boolean }; reply: Sweep };
}

/** What a run of requests took, in nanoseconds. */
export interface Spent {
  readonly wall: number;
  /** Of the whole process, on every core. */
  readonly cpu: number;
}

export interface Burst {
  /** How many of the writes are in the data afterwards. */
  readonly kept: number;
  readonly failed: number;
  readonly calls: Record<string, number>;
  readonly milliseconds: number;
}

export interface Sweep {
  readonly swept: number;
  /** For how long the event loop worked on it, in milliseconds. */
  readonly busy: number;
  /** The longest stretch for which nothing else could run, in milliseconds; 0 where nobody watched. */
  readonly longest: number;
  /** The same beforehand, while there was nothing to do. */
  readonly idleLongest: number;
}

export type TaskName = keyof Tasks;

export interface Ask<Name extends TaskName = TaskName> {
  readonly name: Name;
  readonly ask: Tasks[Name]['ask'];
}

/** What comes back over the channel. */
export type Reply<Name extends TaskName = TaskName> =
  | { readonly ok: Tasks[Name]['reply'] }
  | { readonly error: string };
