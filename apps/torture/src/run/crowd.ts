import { seeded } from '../../../../packages/core/test/fuzz/seeded.ts';
import { Browser } from '../client/browser.ts';
import type { Caller } from '../client/caller.ts';
import { CALM_HABITS, type Habits, USUAL_HABITS } from '../client/habits.ts';
import type { TokenNames } from '../client/token-names.ts';

/** What a crowd depends on. */
export interface CrowdDeps {
  readonly clients: number;
  readonly servers: number;
  readonly seed: number;
  readonly caller: Caller;
  readonly names: TokenNames;
  /** What all of them do; undefined: every second one rarely ends its session, so that sessions outlive many faults and are renewed. */
  readonly habits?: Habits | undefined;
  pause(milliseconds: number): Promise<void>;
}

/** Many browsers. Two of them at a time share their users. */
export class Crowd {
  readonly #browsers: readonly Browser[];

  constructor({ clients, seed, habits, ...shared }: CrowdDeps) {
    this.#browsers = Array.from({ length: clients }, (_, at) => {
      const pair = Math.floor(at / 2);
      const users = [`user${pair}a`, `user${pair}b`, `user${pair}c`] as const;
      return new Browser({
        ...shared,
        name: `c${at}`,
        users,
        habits: habits ?? (at % 2 === 0 ? CALM_HABITS : USUAL_HABITS),
        random: seeded(seed * 1000 + at),
      });
    });
  }

  /** Lets all of them act until the run is over. */
  async run(isOver: () => boolean): Promise<void> {
    await Promise.all(this.#browsers.map((browser) => browser.run(isOver)));
  }

  /** Lets all of them look once more. */
  async takeLeave(): Promise<void> {
    await Promise.all(this.#browsers.map((browser) => browser.takeLeave()));
  }
}
