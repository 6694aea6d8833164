import { ALL, encodeNotices, MAX_NOTICES } from './notices.ts';

/** How many notices wait at most. Beyond that, everything counts as changed. */
const MAX_WAITING = 10_000;
/** How long it waits after a failure, in milliseconds. */
const RETRY_DELAY = 1000;
/** How long one message may take, in milliseconds. Without an end, a message that is never confirmed would hold up all others. */
const TIMEOUT = 5000;

/** What publishing depends on. */
export interface PublisherDeps {
  readonly publish: (message: string) => Promise<void>;
  readonly wait: (milliseconds: number) => Promise<void>;
}

/**
 * Publishes notices in the background, one message after another. What comes while a message is on its way goes into the next one. A message that failed is
 * sent again, so a notice may arrive twice or late, but is lost only if the process ends.
 */
export class Publisher {
  readonly #deps: PublisherDeps;
  readonly #waiting = new Map<string, number>();
  #isAll = false;
  #isRunning = false;

  constructor(deps: PublisherDeps) {
    this.#deps = deps;
  }

  add(sessionId: string, generation: number): void {
    if (this.#waiting.size >= MAX_WAITING) {
      this.addAll();
      return;
    }
    this.#waiting.set(sessionId, Math.max(generation, this.#waiting.get(sessionId) ?? 0));
    void this.#run();
  }

  addAll(): void {
    this.#waiting.clear();
    this.#isAll = true;
    void this.#run();
  }

  async #run(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    // One microtask later, so that all notices of the same tick go into one message.
    await undefined;
    while (this.#isAll || this.#waiting.size > 0) {
      if (!(await this.#sendNext())) await this.#deps.wait(RETRY_DELAY);
    }
    this.#isRunning = false;
  }

  /** Sends one message, and returns whether that worked. */
  async #sendNext(): Promise<boolean> {
    const isAll = this.#isAll;
    const notices = [...this.#waiting].slice(0, MAX_NOTICES);
    this.#isAll = false;
    if (!isAll) for (const [id] of notices) this.#waiting.delete(id);
    const message = isAll
      ? ALL
      : encodeNotices(notices.map(([sessionId, generation]) => ({ sessionId, generation })));
    // The event `store-failed` has told of a failure.
    const publishing = this.#deps.publish(message).then(
      () => true,
      () => false,
    );
    const isSent = await Promise.race([publishing, this.#deps.wait(TIMEOUT).then(() => false)]);
    if (isSent) return true;
    if (isAll) this.addAll();
    else for (const [id, generation] of notices) this.add(id, generation);
    return false;
  }
}
