import { SWEEP_MARGIN } from '../session/expiry.ts';
import type { OpenOptions } from '../session/visit.ts';
import type { StorePort } from '../store/store-port.ts';

const SWEEP_INTERVAL = 60_000;
const SWEEP_BATCH = 200;

/** A request that the runtime may end before a promise has settled, unless `waitUntil` is told of it. It may throw once the request has ended. */
export type EndingRequest = Pick<OpenOptions, 'waitUntil'>;

/** When a store was last swept, in milliseconds since the epoch. */
interface SweepState {
  sweptAt: number;
}

/** The state of each store, for runtimes where apps create `Sessions` for each request. */
const STATES = /* @__PURE__ */ new WeakMap<object, SweepState>();

/** Where a sweeper runs. */
export interface SweeperOptions {
  /** Whether the runtime stops the work of a request after its response: workerd. */
  readonly isolatesRequests: boolean;
  /** The store whose other `Sessions` in this process sweep in turn with this one; undefined if it sweeps by itself. */
  readonly sharedStore: object | undefined;
}

/** Removes expired records from stores that do not expire them by themselves. */
export class Sweeper {
  readonly #port: StorePort;
  readonly #now: () => number;
  readonly #wait: (milliseconds: number) => Promise<void>;
  readonly #isolatesRequests: boolean;
  readonly #state: SweepState;
  #isWritten = false;

  constructor(
    port: StorePort,
    now: () => number,
    wait: (milliseconds: number) => Promise<void>,
    { isolatesRequests, sharedStore }: SweeperOptions,
  ) {
    this.#port = port;
    this.#now = now;
    this.#wait = wait;
    this.#isolatesRequests = isolatesRequests;
    this.#state = (sharedStore && STATES.get(sharedStore)) ?? { sweptAt: now() };
    if (sharedStore !== undefined) STATES.set(sharedStore, this.#state);
  }

  /** Notes a write whose request is not known. Where the runtime stops the work of a request after its response, the next response sweeps. */
  noteWritten(): void {
    if (this.#isolatesRequests) this.#isWritten = true;
    else this.sweepIfDue();
  }

  /** Sweeps if a write was noted and a sweep is due. */
  sweepIfWritten(request: EndingRequest): void {
    if (!this.#isWritten) return;
    this.#isWritten = false;
    this.sweepIfDue(request);
  }

  /** Sweeps one batch in the background, if the last sweep began a minute ago or left records behind. */
  sweepIfDue(request?: EndingRequest): void {
    const now = this.#now();
    const state = this.#state;
    // A clock that was set back must not stop the sweeps until it has caught up.
    if (!this.#port.sweeps || Math.abs(now - state.sweptAt) < SWEEP_INTERVAL) return;
    // Noted before the sweep: some runtimes stop a request while it sweeps, and others must be able to sweep later.
    state.sweptAt = now;
    const sweeping = this.#sweepBatch().then(
      (count) => {
        if (count === SWEEP_BATCH) state.sweptAt = now - SWEEP_INTERVAL;
      },
      () => {},
    );
    try {
      request?.waitUntil?.(sweeping);
    } catch {
      // The sweep goes on for as long as the runtime lets it.
    }
  }

  /** Sweeps until nothing is left to remove, and resolves to the number of removed records. Lets other work run after each millisecond. */
  async sweepAll(): Promise<number> {
    let total = 0;
    let since = this.#now();
    for (;;) {
      const count = await this.#sweepBatch();
      total += count;
      if (count < SWEEP_BATCH) return total;
      if (this.#now() === since) continue;
      await this.#wait(0);
      since = this.#now();
    }
  }

  /** Removes one batch of records that expired 10 minutes ago or earlier, so that a server whose clock is fast ends no session. */
  #sweepBatch(): Promise<number> {
    return this.#port.sweep(this.#now() - SWEEP_MARGIN, SWEEP_BATCH);
  }
}
