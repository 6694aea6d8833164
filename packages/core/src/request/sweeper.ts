import { SWEEP_MARGIN } from '../session/expiry.ts';
import type { StorePort } from '../store/store-port.ts';

const SWEEP_INTERVAL = 60_000;
const SWEEP_BATCH = 200;

/** Removes expired records from stores that do not expire them by themselves. */
export class Sweeper {
  readonly #port: StorePort;
  readonly #now: () => number;
  readonly #wait: (milliseconds: number) => Promise<void>;
  #sweptAt: number;

  constructor(port: StorePort, now: () => number, wait: (milliseconds: number) => Promise<void>) {
    this.#port = port;
    this.#now = now;
    this.#wait = wait;
    this.#sweptAt = now();
  }

  /** Sweeps one batch in the background, if the last sweep began a minute ago or left records behind. */
  sweepIfDue(): void {
    const now = this.#now();
    if (!this.#port.sweeps || now - this.#sweptAt < SWEEP_INTERVAL) return;
    // Noted before the sweep: some runtimes stop a request while it sweeps, and others must be able to sweep later.
    this.#sweptAt = now;
    this.#sweepBatch().then(
      (count) => {
        if (count === SWEEP_BATCH) this.#sweptAt = now - SWEEP_INTERVAL;
      },
      () => {},
    );
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
