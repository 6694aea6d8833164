import type { Received } from '../client/send.ts';
import type { RequestSample } from './events.ts';

/** Counts the requests of one window. */
export class Tally {
  #took: number[] = [];
  #sent = 0;
  #failures: Record<string, number> = {};

  /** Counts a request that was sent. */
  noteSent(): void {
    this.#sent += 1;
  }

  /** Counts what came of one, so many milliseconds after it was due. */
  note(received: Received, took: number): void {
    const failure = failureOf(received);
    if (failure === undefined) this.#took.push(took);
    else this.#failures[failure] = (this.#failures[failure] ?? 0) + 1;
  }

  /** How many were good. */
  get good(): number {
    return this.#took.length;
  }

  /** Returns the counts, and begins anew. */
  take(at: number): RequestSample {
    const sorted = this.#took.sort((a, b) => a - b);
    const sample: RequestSample = {
      type: 'requests',
      at,
      sent: this.#sent,
      good: sorted.length,
      failures: this.#failures,
      p50: sorted[Math.floor(sorted.length * 0.5)] ?? 0,
      p99: sorted[Math.floor(sorted.length * 0.99)] ?? 0,
      max: sorted.at(-1) ?? 0,
    };
    this.#took = [];
    this.#sent = 0;
    this.#failures = {};
    return sample;
  }
}

function failureOf(received: Received): string | undefined {
  if (received.kind !== 'response') return received.kind;
  return received.status === 200 ? undefined : (received.reply?.code ?? `status ${received.status}`);
}
