import { Batch, type Outcome, type PendingChange, type WriterDeps } from './batch.ts';
import type { Change } from './change.ts';
import { RecentSnapshots } from './recent-snapshots.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * How long a batch may take, in milliseconds, before the next change is written without waiting for it. In workerd a dropped request stops where it is,
 * and whatever waits for it would wait forever.
 */
const MAX_BATCH_TIME = 10_000;

/** A change in a session's queue. */
interface QueuedChange extends PendingChange {
  /** Makes the caller write the next batch of a queue; undefined if it does already. */
  lead: ((queue: Queue) => void) | undefined;
}

/** The changes of a session that wait while a batch is written. */
interface Queue {
  readonly waiting: QueuedChange[];
  /** When the current batch began. */
  since: number;
  /** Whether there was no time for some changes of the last batch. */
  isCut: boolean;
}

/**
 * Writes changes of sessions. Changes of one session in this process are written one batch after another; those that wait go into one batch. Other
 * processes are handled by compareAndSet.
 *
 * A batch is written by the call that made its first change: workerd allows a request to do only its own I/O, and only while it runs.
 */
export class SessionWriter {
  readonly #deps: WriterDeps;
  readonly #queues = new Map<string, Queue>();
  readonly #recent: RecentSnapshots;

  constructor(deps: WriterDeps) {
    this.#deps = deps;
    this.#recent = new RecentSnapshots(deps.now);
  }

  /** Applies a change and resolves once it is durable. The first attempt starts from `base`, or from a read. */
  async write<R>(id: string, base: Snapshot | undefined, change: Change<R>): Promise<Outcome<R>> {
    const since = this.#deps.now();
    const outcome = Promise.withResolvers<Outcome<R>>();
    // It may reject while this call still writes for others; the await below reports it.
    outcome.promise.catch(() => {});
    const queued: QueuedChange = {
      change,
      base,
      since,
      // The outcome belongs to this very change, so its result is an R.
      resolve: outcome.resolve as PendingChange['resolve'],
      reject: outcome.reject,
      lead: undefined,
    };
    let queue = this.#queues.get(id);
    if (queue !== undefined && since - queue.since <= MAX_BATCH_TIME) {
      const turn = Promise.withResolvers<{ readonly leads: Queue }>();
      queued.lead = (leads) => turn.resolve({ leads });
      queue.waiting.push(queued);
      const first = await Promise.race([turn.promise, outcome.promise]);
      if (!('leads' in first)) return first;
      // Another queue may have taken over the waiting changes.
      queue = first.leads;
    } else {
      // The own change first: it must be written even if there is no time for the others. Those are moved, not copied, or they would be applied twice.
      queue = { waiting: [queued, ...(queue?.waiting.splice(0) ?? NONE)], since, isCut: false };
      this.#queues.set(id, queue);
      // One microtask later, so that all changes of the same tick go into one record.
      await undefined;
    }
    await this.#lead(id, queue);
    return await outcome.promise;
  }

  /** Writes the waiting changes, and then makes the first of those that arrived meanwhile write the next batch. */
  async #lead(id: string, queue: Queue): Promise<void> {
    // The last batch used up its time, so other requests run first.
    if (queue.isCut) await this.#deps.wait(0);
    queue.isCut = false;
    const waiting = queue.waiting.splice(0);
    queue.since = this.#deps.now();
    const start = this.#recent.startOf(
      id,
      waiting.map(({ base }) => base),
    );
    const batch = new Batch(this.#deps, id, waiting);
    try {
      const written = await batch.write(start.snapshot);
      if (written === undefined) this.#recent.forget(id);
      else this.#recent.note(id, written, start);
    } catch (error) {
      this.#recent.forget(id);
      for (const { reject } of waiting.slice(0, waiting.length - batch.left)) reject(error);
    }
    const left = waiting.slice(waiting.length - batch.left);
    // A later call may have taken over because this batch took too long.
    const current = this.#queues.get(id) ?? queue;
    current.waiting.unshift(...left);
    if (current !== queue) return;
    queue.isCut = left.length > 0;
    const next = queue.waiting[0];
    if (next === undefined) {
      this.#queues.delete(id);
    } else {
      this.#queues.set(id, queue);
      next.lead?.(queue);
    }
  }
}

const NONE: readonly QueuedChange[] = [];
