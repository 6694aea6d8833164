import type { HistoryWriter } from '../history/writer.ts';
import { between, type Nemesis, type Target } from '../nemesis/nemesis.ts';

/** Lets a nemesis strike again and again, and writes each fault into the history. */
export class Strikes {
  readonly #nemesis: Nemesis;
  readonly #target: Target;
  readonly #history: HistoryWriter;
  #faults = 0;

  constructor(nemesis: Nemesis, target: Target, history: HistoryWriter) {
    this.#nemesis = nemesis;
    this.#target = target;
    this.#history = history;
  }

  /** How many faults there were. */
  get faults(): number {
    return this.#faults;
  }

  /** Strikes until the run is over. When it resolves, everything is mended. */
  async run(isOver: () => boolean): Promise<void> {
    const { strike } = this.#nemesis;
    if (strike === undefined) return;
    for (;;) {
      await this.#target.pause(between(this.#target.random, 700, 2000));
      if (isOver()) return;
      this.#faults += 1;
      const fault = this.#faults;
      this.#history.write({ type: 'fault', fault, what: 'begins' });
      const detail = await strike(this.#target);
      this.#history.write({ type: 'fault', fault, what: 'ends', detail });
    }
  }
}
