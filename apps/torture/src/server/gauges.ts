import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Reading } from './spec.ts';

/** How often the event loop is looked at, in milliseconds. What a histogram has is this much longer than the delay. */
const RESOLUTION = 5;

type Delays = ReturnType<typeof monitorEventLoopDelay>;

/** Measures the process that it runs in, between one reading and the next. Needs --expose-gc. */
export class Gauges {
  readonly #window: Delays = monitorEventLoopDelay({ resolution: RESOLUTION });
  readonly #all: Delays = monitorEventLoopDelay({ resolution: RESOLUTION });
  #rejections = 0;
  #rejection: string | undefined;

  constructor() {
    process.on('unhandledRejection', (reason) => {
      this.#rejections += 1;
      this.#rejection ??= reason instanceof Error ? `${reason.name}: ${reason.message}` : String(reason);
    });
    this.#window.enable();
    this.#all.enable();
  }

  /** Forgets the event loop's delays up to now, as while the process started. */
  restart(): void {
    this.#window.reset();
    this.#all.reset();
  }

  /** Collects garbage, which is in no delay of a window, and returns the reading since the one before. */
  read(): Reading {
    const { gc } = globalThis;
    if (gc === undefined) throw new Error('The process must run with --expose-gc.');
    const delays = { delayP99: delayOf(this.#window.percentile(99)), delayMax: delayOf(this.#window.max) };
    this.#window.disable();
    gc();
    const { heapUsed: heap, rss } = process.memoryUsage();
    this.#window.reset();
    this.#window.enable();
    return {
      heap,
      rss,
      ...delays,
      delayP99OfAll: delayOf(this.#all.percentile(99)),
      rejections: this.#rejections,
      rejection: this.#rejection,
    };
  }
}

/** Makes nanoseconds between two looks into the milliseconds by which the later one was late. */
function delayOf(nanoseconds: number): number {
  return Math.max(0, nanoseconds / 1e6 - RESOLUTION);
}
