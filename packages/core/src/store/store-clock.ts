import { type Awaitable, andThen } from '../common/awaitable.ts';
import { SessionError } from '../common/errors.ts';

/** How long a comparison holds, in milliseconds. */
const INTERVAL = 60_000;
/** How long the first write of a process waits for the comparison, so that a store that is down fails it after one timeout and not after two, in milliseconds. */
const MAX_WAIT = 200;
/** A reply that takes longer tells too little about the time, in milliseconds. */
const MAX_ROUND_TRIP = 2_000;

/** What comparing clocks depends on. */
export interface StoreClockDeps {
  /** Asks the store for its time; undefined if it has no clock of its own. */
  readonly ask: (() => Awaitable<unknown>) | undefined;
  readonly now: () => number;
  /** How far clocks may differ, in milliseconds. */
  readonly tolerance: number;
  readonly onSkew: (message: string) => void;
  readonly wait: (milliseconds: number) => Promise<void>;
}

/** Compares this server's clock with the store's: before the first write, and then once a minute beside other calls. */
export class StoreClock {
  readonly #deps: StoreClockDeps;
  #comparedAt: number | undefined = undefined;
  /** Whether a comparison is over, with or without a result. */
  #isKnown = false;
  #ahead = 0;

  constructor(deps: StoreClockDeps) {
    this.#deps = deps;
  }

  /** How far this server's clock is ahead of the store's, in milliseconds; negative if it is behind, and 0 within the tolerance. */
  get ahead(): number {
    return this.#ahead;
  }

  /**
   * Compares the clocks if that is due. The first comparison is waited for, but not for long, and any that the caller needs. A caller waits only for its own: on
   * Workers a request cannot wait for what another one has begun.
   */
  compareIfDue(isNeeded: boolean): Awaitable<void> {
    const { ask, now, wait } = this.#deps;
    if (ask === undefined) return;
    const isDue = this.#comparedAt === undefined || Math.abs(now() - this.#comparedAt) >= INTERVAL;
    const isUnknown = !this.#isKnown;
    if (!isDue && !(isNeeded && isUnknown)) return;
    const comparing = this.#compare(ask);
    if (isNeeded) return comparing;
    // A result that comes later still counts for the writes after this one.
    if (isUnknown) return Promise.race([comparing, wait(MAX_WAIT)]);
  }

  /** Tells whether a deadline that has passed by this server's clock has not passed by the store's. */
  isEarly(deadline: number): Awaitable<boolean> {
    return andThen(
      this.compareIfDue(true),
      () => this.#ahead > 0 && deadline > this.#deps.now() - this.#ahead,
    );
  }

  /** @throws `ERR_STORE_UNAVAILABLE` for a deadline that has passed by the store's clock, because this server's clock is behind: the write would be lost */
  demandAhead(deadline: number): Awaitable<void> {
    return andThen(this.compareIfDue(false), () => {
      if (this.#ahead >= 0 || deadline > this.#deps.now() - this.#ahead) return;
      throw new SessionError(
        'ERR_STORE_UNAVAILABLE',
        `This server's clock is ${seconds(-this.#ahead)} behind that of the session store, so the store would drop the record at once, and nothing was written. Synchronize the clocks, for example with chrony.`,
      );
    });
  }

  async #compare(ask: () => Awaitable<unknown>): Promise<void> {
    const { now, tolerance, onSkew } = this.#deps;
    const before = now();
    // Set at once: a store that fails is not asked again with each call.
    this.#comparedAt = before;
    const time = await Promise.resolve()
      .then(ask)
      .catch(() => undefined);
    const after = now();
    this.#isKnown = true;
    if (typeof time !== 'number' || !Number.isFinite(time) || after - before > MAX_ROUND_TRIP) return;
    const ahead = (before + after) / 2 - time;
    this.#ahead = Math.abs(ahead) > tolerance ? ahead : 0;
    if (this.#ahead === 0) return;
    const effect =
      ahead > 0
        ? 'Here sessions end early, but are not deleted'
        : 'Sessions that this server writes end early elsewhere, and a write that the store would drop is refused';
    onSkew(
      `This server's clock is ${seconds(Math.abs(ahead))} ${ahead > 0 ? 'ahead of' : 'behind'} that of the session store. ${effect}. Synchronize the clocks, for example with chrony.`,
    );
  }
}

function seconds(milliseconds: number): string {
  return `${Math.round(milliseconds / 1000)} s`;
}
