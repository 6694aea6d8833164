import { type Seeded, seeded } from '../../../packages/core/test/fuzz/seeded.ts';
import type { Instrumented } from './instrumented.ts';
import { mutate } from './mutate.ts';

/** In milliseconds. A longer input is a finding: it would hold up every visitor. */
const MAX_TIME = 1000;
/** So many inputs are tried before the time is looked at. */
const SLICE = 256;

/** An input that breaks a promise. */
export interface Failure {
  readonly input: Uint8Array;
  readonly error: unknown;
}

/** Tries inputs on a target, and keeps those that reach what none before has reached. */
export class Fuzzer {
  readonly #target: Instrumented;
  readonly #random: Seeded;
  readonly #corpus: Uint8Array[] = [];
  /** What has been reached: each counter, with how often by powers of two. */
  readonly #reached = new Set<number>();
  #tried = 0;

  constructor(target: Instrumented, seed: number) {
    this.#target = target;
    this.#random = seeded(seed);
  }

  get tried(): number {
    return this.#tried;
  }

  get reached(): number {
    return this.#reached.size;
  }

  /** The inputs that were kept. */
  get corpus(): readonly Uint8Array[] {
    return this.#corpus;
  }

  /** Tries one input. Returns what is wrong, if anything. */
  try(input: Uint8Array): Failure | undefined {
    this.#tried += 1;
    const begin = performance.now();
    let error: unknown;
    try {
      this.#target.fuzz(input);
    } catch (thrown) {
      error = thrown ?? new Error('The target threw nothing.');
    }
    const took = performance.now() - begin;
    if (took > MAX_TIME) error ??= new Error(`It took ${Math.round(took)} ms.`);
    if (this.#hasReached()) this.#corpus.push(input);
    return error === undefined ? undefined : { input, error };
  }

  /** Tries changed inputs until one breaks a promise, or so many milliseconds have passed. */
  run(milliseconds: number): Failure | undefined {
    const end = performance.now() + milliseconds;
    if (this.#corpus.length === 0) this.#corpus.push(new Uint8Array());
    const material = { random: this.#random, words: this.#target.words, other: () => this.#pick() };
    while (performance.now() < end) {
      for (let i = 0; i < SLICE; i += 1) {
        const finding = this.try(mutate(this.#pick(), material));
        if (finding !== undefined) return this.#shortened(finding);
      }
    }
    return undefined;
  }

  /** Removes parts of an input as long as it still breaks the same promise. */
  #shortened({ input, error }: Failure): Failure {
    let shortest = { input, error };
    for (let size = Math.ceil(input.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
      for (let at = 0; at + size <= shortest.input.length; ) {
        const { input: from } = shortest;
        const shorter = this.try(Buffer.concat([from.subarray(0, at), from.subarray(at + size)]));
        if (shorter !== undefined && String(shorter.error) === String(error)) shortest = shorter;
        else at += size;
      }
    }
    return shortest;
  }

  /** Prefers inputs that were kept lately: they are the furthest. */
  #pick(): Uint8Array {
    const { length } = this.#corpus;
    const at = this.#random.chance(0.5)
      ? this.#random.int(length)
      : length - 1 - this.#random.int(Math.min(length, 8));
    return this.#corpus[at] ?? new Uint8Array();
  }

  #hasReached(): boolean {
    const before = this.#reached.size;
    this.#target.takeCounts((counter, count) => {
      this.#reached.add(counter * 32 + Math.floor(Math.log2(count)));
    });
    return this.#reached.size > before;
  }
}
