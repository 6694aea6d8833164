import { AsyncLocalStorage } from 'node:async_hooks';
import type { Awaitable } from '../../src/common/awaitable.ts';
import type { SessionStore, StoreRecord } from '../../src/store/store.ts';
import type { Asker } from './comebacks.ts';
import type { Seeded } from './seeded.ts';

/** How the store of a program responds: by promises, without them, or each call in one of both ways. */
export type Responds = 'later' | 'at-once' | 'mixed';

/** The ways in which a store may respond. */
export const RESPONDS: readonly [Responds, ...Responds[]] = ['later', 'at-once', 'mixed'];

/** The probability that a call responds without a promise. */
const AT_ONCE: Readonly<Record<Responds, number>> = { later: 0, 'at-once': 1, mixed: 0.5 };

/** How a store may misbehave in a program. */
export interface Faults {
  /** The probability that a call fails in one of the ways below. */
  readonly rate: number;
  /** How calls respond. `later` draws nothing for it. */
  readonly responds: Responds;
}

/** One server's connection to the shared store; a crash cuts it off. */
export interface ServerStore extends SessionStore {
  /** Waits like a store call; for the core's back-off. */
  wait(): Promise<void>;
  crash(): void;
}

/** A write, just before it happens. */
export interface Landing {
  readonly key: string;
  readonly before: StoreRecord | undefined;
  readonly after: StoreRecord | null;
  /** The time of the caller's clock when it made the call. */
  readonly calledAt: number;
  /** The request whose load made the call. */
  readonly by: Asker | undefined;
}

interface Server {
  isDown: boolean;
}

/** A request whose runtime may stop it at any moment. */
export interface StoppableRequest {
  isStopped: boolean;
}

interface Pending {
  readonly server: Server;
  readonly request: StoppableRequest | undefined;
  run(): unknown;
}

/** The request that makes a call. */
export const requestOf: AsyncLocalStorage<StoppableRequest> = new AsyncLocalStorage();

/** Receives the reads that a call makes, at the moment when they happen. */
export const readsOf: AsyncLocalStorage<(key: string) => void> = new AsyncLocalStorage();

/** The request that is being loaded. */
export const askerOf: AsyncLocalStorage<Asker> = new AsyncLocalStorage();

/** The failure of a store. */
export class StoreDown extends Error {}

/**
 * A store whose calls wait until the search lets them happen, in an order that only the seed decides. At random a write happens although its call
 * rejects or returns false, or the call rejects first and the write happens later, or never.
 */
export class OrderedStore {
  readonly records: Map<string, StoreRecord> = new Map();
  readonly #pending: Pending[] = [];
  /** Writes whose call has failed and which may still happen. */
  readonly #late: (() => void)[] = [];
  readonly #random: Seeded;
  readonly #faults: Faults;
  readonly #onLanding: (landing: Landing) => void;

  constructor(random: Seeded, faults: Faults, onLanding: (landing: Landing) => void) {
    this.#random = random;
    this.#faults = faults;
    this.#onLanding = onLanding;
  }

  /** Whether a call waits for the search. */
  get isWaiting(): boolean {
    return this.#pending.length > 0;
  }

  /** Lets one call happen, or one late write. */
  step(): void {
    if (this.#late.length > 0 && this.#random.chance(0.3)) {
      this.#take(this.#late)();
      return;
    }
    if (this.#pending.length > 0) this.#take(this.#pending).run();
  }

  /** Lets all late writes happen. */
  settleLate(): void {
    while (this.#late.length > 0) this.#take(this.#late)();
  }

  /** Connects a server. */
  connect(now: () => number): ServerStore {
    const server: Server = { isDown: false };
    return {
      read: (key) => {
        const heard = readsOf.getStore();
        const happen = () => {
          heard?.(key);
          return this.records.get(key);
        };
        return this.#call(server, happen, undefined);
      },
      compareAndSet: (key, expected, next) => {
        const calledAt = now();
        const by = askerOf.getStore();
        const apply = () => this.#apply(key, expected, next, { calledAt, by });
        return this.#call(server, apply, apply);
      },
      wait: () =>
        new Promise((resolve) => {
          const request = requestOf.getStore();
          if (isCutOff(server, request)) return;
          this.#pending.push({ server, request, run: () => !isCutOff(server, request) && resolve() });
        }),
      crash: () => this.#crash(server),
    };
  }

  #call<T>(server: Server, happen: () => T, write: (() => boolean) | undefined): Awaitable<T> {
    const request = requestOf.getStore();
    const atOnce = AT_ONCE[this.#faults.responds];
    if (atOnce > 0 && !isCutOff(server, request) && this.#random.chance(atOnce)) {
      return this.#respond(happen, write);
    }
    return new Promise<T>((resolve, reject) => {
      const run = () => {
        if (isCutOff(server, request)) happen();
        else if (!this.#random.chance(this.#faults.rate)) resolve(happen());
        else if (write === undefined) reject(new StoreDown());
        else this.#fail(happen, write, resolve, reject);
      };
      // A server that is down makes no calls, and neither does a stopped request; what waits for it waits forever.
      if (!isCutOff(server, request)) this.#pending.push({ server, request, run });
    });
  }

  /** Responds without a promise. A false is certain then, so no call is sent twice. */
  #respond<T>(happen: () => T, write: (() => boolean) | undefined): T {
    if (!this.#random.chance(this.#faults.rate)) return happen();
    if (write !== undefined && this.#random.chance(0.5)) happen();
    throw new StoreDown();
  }

  #fail<T>(
    happen: () => T,
    write: () => boolean,
    resolve: (value: T) => void,
    reject: (error: Error) => void,
  ): void {
    switch (this.#random.int(4)) {
      case 0: // Not written, and reported so.
        reject(new StoreDown());
        return;
      case 1: // Written, and the result lost.
        happen();
        reject(new StoreDown());
        return;
      case 2: // Written, and sent again by the client: the second result is false.
        happen();
        resolve(happen());
        return;
      default: // Given up by the client, and written later.
        this.#late.push(() => void write());
        reject(new StoreDown());
        return;
    }
  }

  #apply(
    key: string,
    expected: number | null,
    next: StoreRecord | null,
    call: Pick<Landing, 'calledAt' | 'by'>,
  ): boolean {
    const before = this.records.get(key);
    if ((before?.version ?? null) !== expected) return false;
    this.#onLanding({ key, before, after: next, ...call });
    if (next === null) this.records.delete(key);
    else this.records.set(key, next);
    return true;
  }

  /** Stops a request where it is, as workerd does when a client disconnects. */
  stop(request: StoppableRequest): void {
    request.isStopped = true;
    this.#drop((pending) => pending.request === request);
  }

  #crash(server: Server): void {
    server.isDown = true;
    this.#drop((pending) => pending.server === server);
  }

  /** Drops calls; each write may or may not have reached the store. */
  #drop(isDropped: (pending: Pending) => boolean): void {
    for (let i = this.#pending.length - 1; i >= 0; i -= 1) {
      const pending = this.#pending[i];
      if (pending === undefined || !isDropped(pending)) continue;
      this.#pending.splice(i, 1);
      if (this.#random.chance(0.5)) pending.run();
    }
  }

  #take<T>(from: T[]): T {
    const [taken] = from.splice(this.#random.int(from.length), 1);
    if (taken === undefined) throw new RangeError('Nothing to take');
    return taken;
  }
}

function isCutOff(server: Server, request: StoppableRequest | undefined): boolean {
  return server.isDown || request?.isStopped === true;
}
