import { outcomeUnknown } from '../store/store-fault.ts';
import { Batch, type Outcome, type PendingChange, SUPERSEDED, type WriterDeps } from './batch.ts';
import type { Change } from './change.ts';
import { RecentSnapshots, type Start } from './recent-snapshots.ts';
import type { Snapshot } from './snapshot.ts';

/** How often a call looks whether it must go on by itself where requests are isolated, in milliseconds. */
const POLL_INTERVAL = 10;
/** Without progress for so long, in milliseconds, a call that writes for others counts as stopped where requests are isolated. */
const MAX_STALL_ISOLATED = 1000;
/** The same where they are not: there a call waits only for its store. */
const MAX_STALL = 10_000;

/** What `SessionWriter` depends on. */
export interface SessionWriterDeps extends WriterDeps {
  /** Whether the runtime forbids a request to wait for another one's promise, and may stop a request at any moment: workerd. */
  readonly isolatesRequests: boolean;
  /** The store whose other `Sessions` in this process write through the same queues; undefined for queues of its own. */
  readonly sharedStore?: object | undefined;
}

/** What the writers of one store share. */
interface SharedQueues {
  readonly queues: Map<string, Queue>;
  readonly recent: RecentSnapshots;
}

/** The queues of each store, for runtimes where apps create `Sessions` for each request. */
const QUEUES = /* @__PURE__ */ new WeakMap<object, SharedQueues>();

/**
 * Writes changes of sessions. Changes of one session in this process are written one batch after another; those that wait go into one batch. Other
 * processes are handled by compareAndSet.
 *
 * A batch is written by a call whose change is in it or waits behind it: workerd allows a request to do only its own I/O, and only while it runs. If that
 * call makes no progress, another one that waits goes on with the batch where it stands.
 */
export class SessionWriter {
  readonly #deps: SessionWriterDeps;
  readonly #queues: Map<string, Queue>;
  readonly #recent: RecentSnapshots;
  readonly #maxStall: number;

  constructor(deps: SessionWriterDeps) {
    this.#deps = deps;
    const known = deps.sharedStore && QUEUES.get(deps.sharedStore);
    const { queues, recent } = known ?? { queues: new Map(), recent: new RecentSnapshots() };
    this.#queues = queues;
    this.#recent = recent;
    if (deps.sharedStore !== undefined) QUEUES.set(deps.sharedStore, { queues, recent });
    this.#maxStall = deps.isolatesRequests ? MAX_STALL_ISOLATED : MAX_STALL;
  }

  /** Applies a change and resolves once it is durable. The first attempt starts from `base`, or from a read. */
  async write<R>(id: string, base: Snapshot | undefined, change: Change<R>): Promise<Outcome<R>> {
    const queued = new QueuedChange(change, base, this.#deps.now());
    for (;;) {
      if (queued.place === 'out') await this.#enqueue(id, queued);
      const queue = this.#queues.get(id);
      if (queue !== undefined && this.#mustLead(queue, queued)) await this.#lead(id, queue, queued);
      else if (this.#deps.isolatesRequests) await this.#deps.wait(POLL_INTERVAL);
      else await queued.woken();
      if (queued.settled !== undefined) break;
      if (queued.place === 'dropped') throw outcomeUnknown();
      queued.seenAt = this.#deps.now();
    }
    if ('error' in queued.settled) throw queued.settled.error;
    // The outcome belongs to this very change, so its result is an R.
    return queued.settled.outcome as Outcome<R>;
  }

  async #enqueue(id: string, queued: QueuedChange): Promise<void> {
    const { isolatesRequests } = this.#deps;
    const queue = this.#queues.get(id);
    if (queue !== undefined && (isolatesRequests || !this.#isStalled(queue))) {
      queue.waiting.push(queued);
      queued.place = 'queued';
      return;
    }
    // The own change first: it must be written even if there is no time for the others.
    const waiting = [queued, ...(queue?.waiting.splice(0) ?? [])];
    // The call has looked just now.
    const progressAt = queued.seenAt;
    const pausesFirst = this.#recent.isInLargeBurst(id, progressAt);
    this.#queues.set(id, { waiting, current: undefined, progressAt, pausesFirst });
    queued.place = 'next';
    // One microtask later, so that all changes of the same tick go into one record.
    await undefined;
  }

  /** Tells whether a call must write now: it is its turn, or the call whose turn it is may have been stopped. */
  #mustLead(queue: Queue, { place }: QueuedChange): boolean {
    return place === 'next' || (this.#deps.isolatesRequests && this.#isStalled(queue));
  }

  /** Writes a batch, or goes on with one that another call has left, and then makes the next call in the queue write the next. */
  async #lead(id: string, queue: Queue, own: QueuedChange): Promise<void> {
    own.place = 'queued';
    own.seenAt = queue.progressAt = this.#deps.now();
    if (queue.current === undefined && queue.pausesFirst) {
      await this.#deps.wait(0);
      if (own.settled !== undefined || queue.current !== undefined || this.#queues.get(id) !== queue) return;
      queue.pausesFirst = false;
      queue.progressAt = this.#deps.now();
    }
    // What nobody waits for any more is not written long after its request was stopped.
    if (queue.current?.changes.every((each) => !this.#isAlive(each))) {
      for (const each of queue.current.changes) each.place = 'dropped';
      queue.current = undefined;
    }
    queue.current ??= this.#nextBatch(id, queue, own);
    const { current } = queue;
    const { batch, changes, start } = current;
    try {
      const written = await batch.write(() => {
        queue.progressAt = this.#deps.now();
      });
      if (written === SUPERSEDED) return;
      if (written === undefined) this.#recent.forget(id);
      else this.#recent.note(id, written, start, queue.progressAt);
    } catch (error) {
      queue.progressAt = this.#deps.now();
      this.#recent.forget(id);
      for (const each of changes.slice(0, changes.length - batch.left)) each.reject(error);
    }
    const left = changes.slice(changes.length - batch.left);
    if (this.#queues.get(id) !== queue || queue.current !== current) {
      // Another call has begun anew because this batch took too long.
      for (const each of left) each.leave();
      return;
    }
    queue.current = undefined;
    queue.pausesFirst = left.length > 0;
    queue.waiting.unshift(...left);
    this.#handOver(id, queue);
  }

  /** Takes what waits. The own change is the first: it must be written even if there is no time for the others. */
  #nextBatch(id: string, queue: Queue, own: QueuedChange): Current {
    const others = this.#stillWaiting(queue).filter((each) => each !== own);
    const changes = queue.waiting.includes(own) ? [own, ...others] : others;
    queue.waiting = [];
    const start = this.#recent.startOf(
      id,
      changes.map(({ base }) => base),
      queue.progressAt,
    );
    return { batch: new Batch(this.#deps, id, changes, start.snapshot), changes, start };
  }

  #handOver(id: string, queue: Queue): void {
    queue.waiting = this.#stillWaiting(queue);
    const next = queue.waiting[0];
    if (next === undefined) {
      this.#queues.delete(id);
    } else {
      next.begin();
    }
  }

  /** Returns the changes whose calls still wait. The others leave the queue: if a request has only been slow, it comes back. */
  #stillWaiting({ waiting }: Queue): QueuedChange[] {
    return waiting.filter((each) => {
      if (this.#isAlive(each)) return true;
      each.leave();
      return false;
    });
  }

  /** Tells whether a call may still run: where requests are isolated, each one looks at its change all the time. */
  #isAlive({ seenAt }: QueuedChange): boolean {
    return !this.#deps.isolatesRequests || this.#deps.now() - seenAt <= MAX_STALL_ISOLATED;
  }

  #isStalled(queue: Queue): boolean {
    return this.#deps.now() - queue.progressAt > this.#maxStall;
  }
}

/** A batch that is being written. */
interface Current {
  readonly batch: Batch;
  readonly changes: readonly QueuedChange[];
  readonly start: Start;
}

/** The changes of a session: those that are being written, and those that wait meanwhile. */
interface Queue {
  waiting: QueuedChange[];
  current: Current | undefined;
  /** When the call that writes last made progress. */
  progressAt: number;
  /** Whether other requests run before the next batch: there was no time for some changes of the last one, or a large session is written in a burst. */
  pausesFirst: boolean;
}

type Settled = { readonly outcome: Outcome<unknown> } | { readonly error: unknown };

/** A change that is not settled yet. */
class QueuedChange implements PendingChange {
  readonly change: Change<unknown>;
  readonly base: Snapshot | undefined;
  readonly since: number;
  settled: Settled | undefined;
  /** Whether it is in a queue. `next`: its call must write. `dropped`: nobody writes it, because its call seemed to have been stopped while its batch was written. */
  place: 'out' | 'queued' | 'next' | 'dropped' = 'out';
  /** When its call last looked. */
  seenAt: number;
  #wake: () => void = () => {};

  constructor(change: Change<unknown>, base: Snapshot | undefined, since: number) {
    this.change = change;
    this.base = base;
    this.since = since;
    this.seenAt = since;
  }

  resolve(outcome: Outcome<unknown>): void {
    this.settled = { outcome };
    this.#wake();
  }

  reject(error: unknown): void {
    this.settled = { error };
    this.#wake();
  }

  /** Gives the call its turn to write. */
  begin(): void {
    this.place = 'next';
    this.#wake();
  }

  /** Takes the change out of its queue. If its call still runs, it puts the change into the next one. */
  leave(): void {
    this.place = 'out';
    this.#wake();
  }

  /** Resolves when the change is settled, or when its call must go on: at once if that has happened already. Not for calls of isolated requests. */
  woken(): Promise<void> {
    if (this.settled !== undefined || this.place !== 'queued') return Promise.resolve();
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
