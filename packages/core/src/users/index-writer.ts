import { outcomeUnknown } from '../store/store-fault.ts';
import { IndexBatch, type IndexBatchDeps } from './index-batch.ts';
import type { IndexChange, IndexResult } from './index-change.ts';
import type { ReadIndex } from './user-index-store.ts';

/** How often a waiting call looks whether it must go on by itself, in milliseconds. */
const POLL_INTERVAL = 250;
/** The same where requests are isolated: there nothing else wakes a call. */
const POLL_INTERVAL_ISOLATED = 10;
/** Without progress for so long, in milliseconds, the call that writes counts as dropped. */
const MAX_STALL = 1_000;

/** What writing in a queue depends on. */
export interface IndexWriterDeps extends IndexBatchDeps {
  readonly now: () => number;
  /** Whether the runtime forbids a request to wait for another one's promise: workerd. */
  readonly isolatesRequests: boolean;
}

type Settled = { readonly result: IndexResult } | { readonly error: unknown };

/** A change in a user's queue. */
interface QueuedChange {
  readonly change: IndexChange;
  readonly known: ReadIndex | undefined;
  settled: Settled | undefined;
  /** Wakes the call: its change is settled, or it is its turn to write. */
  wake: () => void;
  isLeader: boolean;
}

/** The changes of one user's index that wait while others are written. */
interface Queue {
  /** The changes of the batch that is being written. */
  inFlight: readonly QueuedChange[];
  waiting: QueuedChange[];
  /** The index as this process last wrote it. */
  latest: ReadIndex | undefined;
  /** When the call that writes last made progress. */
  progressAt: number;
}

/**
 * Writes changes of users' indexes. Changes of one user that wait in this process are written together, in one batch; other processes are handled by
 * compareAndSet.
 *
 * A batch is written by the call that made its first change. A call never depends on another request: it wakes up by its own timer, and if the call that
 * writes makes no progress, it writes its own change first, and all others that wait.
 */
export class IndexWriter {
  readonly #deps: IndexWriterDeps;
  readonly #queues = new Map<string, Queue>();

  constructor(deps: IndexWriterDeps) {
    this.#deps = deps;
  }

  /** Applies a change and resolves once it is durable. The first attempt may start from `known`. */
  async write(userId: string, change: IndexChange, known?: ReadIndex): Promise<IndexResult> {
    const queued: QueuedChange = { change, known, settled: undefined, wake: () => {}, isLeader: false };
    const queue = this.#queues.get(userId);
    if (queue === undefined) {
      this.#takeOver(userId, undefined);
      // One microtask later, so that all changes of the same tick go into one batch.
      await undefined;
    } else {
      queue.waiting.push(queued);
      await this.#wait(userId, queued);
    }
    const settled = queued.settled ?? (await this.#lead(userId, queued));
    if ('result' in settled) return settled.result;
    throw settled.error;
  }

  /** Waits until the change is settled or its call must write. */
  async #wait(userId: string, queued: QueuedChange): Promise<void> {
    while (queued.settled === undefined && !queued.isLeader) {
      await this.#pause(queued);
      if (queued.settled !== undefined || queued.isLeader) return;
      const queue = this.#queues.get(userId);
      if (queue === undefined || this.#deps.now() - queue.progressAt > MAX_STALL) {
        this.#takeOver(userId, queue);
        return;
      }
    }
  }

  #pause(queued: QueuedChange): Promise<void> {
    const { isolatesRequests, wait } = this.#deps;
    if (isolatesRequests) return wait(POLL_INTERVAL_ISOLATED);
    const woken = new Promise<void>((resolve) => {
      queued.wake = resolve;
    });
    return Promise.race([woken, wait(POLL_INTERVAL)]);
  }

  /** Begins a queue whose first batch the caller writes, with all changes of an earlier one: to apply a change twice does no harm. */
  #takeOver(userId: string, from: Queue | undefined): Queue {
    const waiting = from === undefined ? [] : [...from.inFlight, ...from.waiting];
    const queue = { inFlight: [], waiting, latest: from?.latest, progressAt: this.#deps.now() };
    this.#queues.set(userId, queue);
    return queue;
  }

  /** Writes a call's own change and all that wait, and then makes the first of those that arrived meanwhile write the next batch. */
  async #lead(userId: string, own: QueuedChange): Promise<Settled> {
    const queue = this.#queues.get(userId) ?? this.#takeOver(userId, undefined);
    const progress = () => {
      queue.progressAt = this.#deps.now();
    };
    progress();
    // The own change first: it must be written even if the queue has passed to another call meanwhile.
    const batch = [own, ...queue.waiting.filter((each) => each !== own && each.settled === undefined)];
    queue.waiting = [];
    queue.inFlight = batch;
    const start = latestOf([queue.latest, ...batch.map(({ known }) => known)]);
    const changes = batch.map(({ change }) => change);
    try {
      const { results, written } = await new IndexBatch(this.#deps, userId, changes, progress).write(start);
      queue.latest = written;
      batch.forEach((each, i) => {
        const result = results[i];
        if (result !== undefined) settle(each, { result });
      });
    } catch (error) {
      queue.latest = undefined;
      for (const each of batch) settle(each, { error });
    }
    queue.inFlight = [];
    if (this.#queues.get(userId) === queue) this.#handOver(userId, queue);
    return own.settled ?? { error: outcomeUnknown() };
  }

  #handOver(userId: string, queue: Queue): void {
    const next = queue.waiting.find((each) => each.settled === undefined);
    if (next === undefined) {
      this.#queues.delete(userId);
    } else {
      next.isLeader = true;
      next.wake();
    }
  }
}

function settle(queued: QueuedChange, settled: Settled): void {
  queued.settled ??= settled;
  queued.wake();
}

/** Picks the latest index of those known. Versions only rise. */
function latestOf(known: readonly (ReadIndex | undefined)[]): ReadIndex | undefined {
  let latest: ReadIndex | undefined;
  for (const each of known) {
    if (each === undefined) continue;
    if (latest === undefined || (each.record?.version ?? 0) > (latest.record?.version ?? 0)) latest = each;
  }
  return latest;
}
