import type { Stage } from './stage.ts';

/** One situation that a visitor can act out. */
export interface Act {
  /** The last part of its URL. */
  readonly name: string;
  readonly title: string;
  /** What happens in it. */
  readonly plot: string;
  /** What the library does about it. */
  readonly lesson: string;
  /** Plays it against the shop. Returns what should hold afterwards, with what was found. */
  play(stage: Stage): Promise<readonly Claim[]>;
}

/** Something that should hold after an act, and whether it does. */
export interface Claim {
  readonly words: string;
  readonly holds: boolean;
}
