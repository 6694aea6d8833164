import { Batch, type BatchSurroundings, type Outcome, type Waiting } from './batch.ts';
import type { Change } from './change.ts';
import { RecentSnapshots } from './recent-snapshots.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * How long a batch may take before the next change of its session is written without waiting for it, in milliseconds. In workerd a request that is dropped
 * stops where it is, and what waits for it would wait for ever.
 */
const LONGEST_BATCH = 10_000;

/** A change in a session's queue. */
interface Queued extends Waiting {
  /** Has the caller write the next batch; undefined where it does so already. */
  lead: (() => void) | undefined;
}

/** The changes of a session that wait while a batch of it is written. */
interface Queue {
  readonly waiting: Queued[];
  /** When the batch under way began. */
  since: number;
}

/**
 * Writes changes of sessions: those of one session in this process one after the other, and where several wait, together as one record.
 * Against other processes each write needs the version that it started from.
 *
 * A batch is written by the call whose change is the first of it, never by another request's: workerd lets a request do its own I/O only, and only while it
 * lasts.
 */
export class SessionWriter {
  readonly #of: BatchSurroundings;
  readonly #queues = new Map<string, Queue>();
  readonly #recent: RecentSnapshots;

  constructor(surroundings: BatchSurroundings) {
    this.#of = surroundings;
    this.#recent = new RecentSnapshots(surroundings.now);
  }

  /** Applies a change and resolves once it is durable. `base` is where the first attempt starts; without it the record is read. */
  async write<R>(id: string, base: Snapshot | undefined, change: Change<R>): Promise<Outcome<R>> {
    const since = this.#of.now();
    const outcome = Promise.withResolvers<Outcome<R>>();
    // It may reject while this call still writes for others; the await below is what reports it.
    outcome.promise.catch(() => {});
    const queued: Queued = {
      change,
      base,
      since,
      // The outcome handed back is the one that this very change made.
      resolve: outcome.resolve as Waiting['resolve'],
      reject: outcome.reject,
      lead: undefined,
    };
    let queue = this.#queues.get(id);
    if (queue !== undefined && since - queue.since <= LONGEST_BATCH) {
      const turn = Promise.withResolvers<'lead'>();
      queued.lead = () => turn.resolve('lead');
      queue.waiting.push(queued);
      const first = await Promise.race([turn.promise, outcome.promise]);
      if (first !== 'lead') return first;
    } else {
      queue = { waiting: [...(queue?.waiting ?? NONE), queued], since };
      this.#queues.set(id, queue);
      // One turn later, so that what the same tick asks for goes into one record.
      await undefined;
    }
    await this.#lead(id, queue);
    return await outcome.promise;
  }

  /** Writes what waits, and then has the first of those that have come since write the next. */
  async #lead(id: string, queue: Queue): Promise<void> {
    const waiting = queue.waiting.splice(0);
    queue.since = this.#of.now();
    const start = this.#recent.startOf(
      id,
      waiting.map(({ base }) => base),
    );
    try {
      const written = await new Batch(this.#of, id, waiting).write(start.snapshot);
      if (written === undefined) this.#recent.forget(id);
      else this.#recent.note(id, written, start);
    } catch (error) {
      this.#recent.forget(id);
      for (const { reject } of waiting) reject(error);
    }
    // A later call may have taken over from a batch that took too long.
    if (this.#queues.get(id) !== queue) return;
    const next = queue.waiting[0];
    if (next === undefined) this.#queues.delete(id);
    else next.lead?.();
  }
}

const NONE: readonly Queued[] = [];
