import type { StoreSubscription } from '../../store/store.ts';
import type { StorePort } from '../../store/store-port.ts';

/** How often an open subscription is checked, in milliseconds. */
const CHECK_INTERVAL = 2000;
/** How long a check may take, in milliseconds. */
const CHECK_TIMEOUT = 2000;
/** How long it waits before it subscribes again, in milliseconds. */
const RETRY_DELAY = 250;

/** What a subscription depends on. */
export interface KeptSubscriptionDeps {
  readonly port: Pick<StorePort, 'subscribe' | 'subscriptionLost'>;
  readonly wait: (milliseconds: number) => Promise<void>;
  readonly onMessage: (message: string) => void;
  /** Hears that messages arrive from now on, and that some may have been missed before. */
  readonly onConnected: () => void;
  /** Hears once that a subscription was lost or could not be opened, until it is connected again. */
  readonly onLost: (error: unknown) => void;
}

/** Keeps a subscription of the store: checks it, and opens another when it is lost. */
export class KeptSubscription {
  readonly #deps: KeptSubscriptionDeps;
  readonly #closed = Promise.withResolvers<void>();
  #isClosed = false;
  #isLost = false;

  constructor(deps: KeptSubscriptionDeps) {
    this.#deps = deps;
    void this.#keep();
  }

  /** Ends it. Nothing is called any more. */
  close(): void {
    this.#isClosed = true;
    this.#closed.resolve();
  }

  async #keep(): Promise<void> {
    while (!this.#isClosed) {
      const lost = Promise.withResolvers<never>();
      // It may be lost before anybody waits for it.
      lost.promise.catch(() => {});
      let subscription: StoreSubscription | undefined;
      try {
        subscription = this.#deps.port.subscribe({
          message: (message) => {
            if (!this.#isClosed) this.#deps.onMessage(message);
          },
          lost: (cause) => lost.reject(cause),
        });
        if (subscription !== undefined) await this.#attend(subscription, lost.promise);
      } catch (cause) {
        this.#noteLost(cause);
      }
      // A connection that is gone may take long to close.
      if (subscription !== undefined) closeQuietly(subscription);
      if (!this.#isClosed) await this.#deps.wait(RETRY_DELAY);
    }
  }

  /** Resolves when this is closed, and rejects when the subscription is lost. */
  async #attend(subscription: StoreSubscription, lost: Promise<never>): Promise<void> {
    for (let isFirst = true; ; isFirst = false) {
      const late = this.#deps.wait(CHECK_TIMEOUT).then(() => {
        throw new CheckTimeoutError();
      });
      late.catch(() => {});
      await Promise.race([lost, this.#closed.promise, late, subscription.check()]);
      if (this.#isClosed) return;
      if (isFirst) {
        this.#isLost = false;
        this.#deps.onConnected();
      }
      await Promise.race([lost, this.#closed.promise, this.#deps.wait(CHECK_INTERVAL)]);
      if (this.#isClosed) return;
    }
  }

  #noteLost(cause: unknown): void {
    if (this.#isClosed || this.#isLost) return;
    this.#isLost = true;
    let error: unknown;
    try {
      error = this.#deps.port.subscriptionLost(cause);
    } catch (mistake) {
      // An ERR_CONFIG of the store, which says what to write.
      error = mistake;
    }
    this.#deps.onLost(error);
  }
}

class CheckTimeoutError extends Error {
  /** What kind of failure it was, in the words of the operating system. */
  readonly code = 'ETIMEDOUT';

  constructor() {
    super(`The subscription did not respond within ${CHECK_TIMEOUT} ms`);
    this.name = 'CheckTimeoutError';
  }
}

function closeQuietly(subscription: StoreSubscription): void {
  try {
    Promise.resolve(subscription.close()).catch(() => {});
  } catch {
    // It was closed already, or never open.
  }
}
