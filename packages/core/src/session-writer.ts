import { Batch, type BatchSurroundings, type Outcome, type Waiting } from './batch.ts';
import type { Change } from './change.ts';
import { RecentSnapshots } from './recent-snapshots.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * Writes changes of sessions: those of one session in this process one after the other, and where several wait, together as one record.
 * Against other processes each write needs the version that it started from.
 */
export class SessionWriter {
  readonly #of: BatchSurroundings;
  readonly #queues = new Map<string, Waiting[]>();
  readonly #recent: RecentSnapshots;

  constructor(surroundings: BatchSurroundings) {
    this.#of = surroundings;
    this.#recent = new RecentSnapshots(surroundings.now);
  }

  /** Applies a change and resolves once it is durable. `base` is where the first attempt starts; without it the record is read. */
  write<R>(id: string, base: Snapshot | undefined, change: Change<R>): Promise<Outcome<R>> {
    return new Promise<Outcome<R>>((resolve, reject) => {
      const waiting: Waiting = {
        change,
        base,
        since: this.#of.now(),
        // The outcome handed back is the one that this very change made.
        resolve: resolve as Waiting['resolve'],
        reject,
      };
      const queue = this.#queues.get(id);
      if (queue !== undefined) {
        queue.push(waiting);
        return;
      }
      const own = [waiting];
      this.#queues.set(id, own);
      void this.#work(id, own);
    });
  }

  async #work(id: string, queue: Waiting[]): Promise<void> {
    // One turn later, so that what the same tick asks for goes into one record.
    await undefined;
    while (queue.length > 0) {
      const waiting = queue.splice(0);
      const bases = waiting.map(({ base }) => base);
      try {
        const written = await new Batch(this.#of, id, waiting).write(this.#recent.startOf(id, bases));
        this.#recent.note(id, written);
      } catch (error) {
        this.#recent.note(id, undefined);
        for (const { reject } of waiting) reject(error);
      }
    }
    this.#queues.delete(id);
  }
}
