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

/** One subscription, from when it is opened until it is lost. */
interface Life {
  loss: { readonly cause: unknown } | undefined;
  /** Ends the wait under way. */
  wake: () => void;
}

/** Keeps a subscription of the store: checks it, and opens another when it is lost. */
export class KeptSubscription {
  readonly #deps: KeptSubscriptionDeps;
  #life: Life = newLife();
  #isClosed = false;
  #isLost = false;

  constructor(deps: KeptSubscriptionDeps) {
    this.#deps = deps;
    void this.#keep();
  }

  /** Ends it. Nothing is called any more. */
  close(): void {
    this.#isClosed = true;
    this.#life.wake();
  }

  async #keep(): Promise<void> {
    while (!this.#isClosed) {
      const life = newLife();
      this.#life = life;
      let subscription: StoreSubscription | undefined;
      try {
        subscription = this.#deps.port.subscribe({
          message: (message) => {
            if (!this.#isClosed) this.#deps.onMessage(message);
          },
          lost: (cause) => {
            life.loss ??= { cause };
            life.wake();
          },
        });
        if (subscription !== undefined) await this.#attend(subscription, life);
      } catch (cause) {
        this.#noteLost(cause);
      }
      // A connection that is gone may take long to close.
      if (subscription !== undefined) closeQuietly(subscription);
      if (!this.#isClosed) await this.#deps.wait(RETRY_DELAY);
    }
  }

  /** Resolves when this is closed, and rejects when the subscription is lost. */
  async #attend(subscription: StoreSubscription, life: Life): Promise<void> {
    for (let isFirst = true; ; isFirst = false) {
      const late = this.#deps.wait(CHECK_TIMEOUT).then(() => {
        throw new CheckTimeoutError();
      });
      late.catch(() => {});
      await this.#wait(life, Promise.race([late, subscription.check()]));
      if (this.#isClosed) return;
      if (isFirst) {
        this.#isLost = false;
        this.#deps.onConnected();
      }
      await this.#wait(life, this.#deps.wait(CHECK_INTERVAL));
      if (this.#isClosed) return;
    }
  }

  /**
   * Waits for `work`, but not after this is closed, and throws once the subscription is lost. `Promise.race` with a promise of the loss would keep something of each
   * round for as long as the subscription lasts.
   */
  async #wait(life: Life, work: Promise<unknown>): Promise<void> {
    await new Promise<unknown>((resolve, reject) => {
      life.wake = () => resolve(undefined);
      work.then(resolve, reject);
      // It may have been lost before anybody waited.
      if (this.#isClosed || life.loss !== undefined) resolve(undefined);
    });
    if (life.loss !== undefined && !this.#isClosed) throw life.loss.cause;
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

function newLife(): Life {
  return { loss: undefined, wake: () => {} };
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
