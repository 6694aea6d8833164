import { decodeSession } from '../../records/record.ts';
import { hasPassed } from '../../session/expiry.ts';
import type { WatchEnd } from '../../session/session-types.ts';
import type { StoreRecord } from '../../store/store.ts';
import type { StorePort } from '../../store/store-port.ts';
import type { Warnings } from '../warnings.ts';
import { ALL, decodeNotices } from './notices.ts';
import { Publisher } from './publisher.ts';
import { KeptSubscription } from './subscription.ts';

/** How many records are read at a time. */
const SLICE = 25;
/** How long it waits after a failed read, in milliseconds. */
const RETRY_DELAY = 500;
/** How long reading a slice may take, in milliseconds: one read without a response must not hold up all others. */
const READ_TIMEOUT = 5000;
/** How often deadlines are looked at, in milliseconds. */
const DEADLINE_INTERVAL = 30_000;

/** What a broadcast depends on. */
export interface BroadcastDeps {
  readonly port: StorePort;
  readonly now: () => number;
  /** Waits without keeping the process alive. */
  readonly wait: (milliseconds: number) => Promise<void>;
  readonly warnings: Pick<Warnings, 'warn'>;
}

/** A session that somebody watches. */
export interface Watched {
  readonly id: string;
  /** The generation of the token that must still work. */
  readonly generation: number;
  /** The deadline that was known when the watch began. */
  readonly expiresAt: number;
  readonly onEnd: (end: WatchEnd) => void;
}

interface Watch extends Watched {
  expiresAt: number;
}

/**
 * Tells all processes which sessions end, and calls those that watch them. Subscribes only while somebody watches. Messages can be lost, so the records of
 * watched sessions are read when a watch begins, when the subscription is connected, and when a deadline passes.
 */
export class Broadcast {
  readonly #deps: BroadcastDeps;
  readonly #publisher: Publisher;
  readonly #watches = new Map<string, Set<Watch>>();
  readonly #unread = new Set<Watch>();
  #subscription: KeptSubscription | undefined;
  #isConnected = false;
  #isReading = false;
  #looksAtDeadlines = false;

  constructor(deps: BroadcastDeps) {
    this.#deps = deps;
    this.#publisher = new Publisher({ publish: (message) => deps.port.publish(message), wait: deps.wait });
  }

  /** Announces that no token of a session from before `generation` works any more: here at once, and in other processes in the background. */
  announce(sessionId: string, generation: number): void {
    // A new session has no earlier token.
    if (generation === 0) return;
    this.#apply(sessionId, generation);
    this.#publisher.add(sessionId, generation);
  }

  /** Announces that any session may have ended. */
  announceAll(): void {
    this.#readAll();
    this.#publisher.addAll();
  }

  /** Watches a session until it ends or the returned function is called. */
  watch(watched: Watched): () => void {
    const watch: Watch = { ...watched };
    const others = this.#watches.get(watch.id);
    if (others === undefined) this.#watches.set(watch.id, new Set([watch]));
    else others.add(watch);
    this.#subscription ??= this.#subscribe();
    // The session may have ended since it was loaded. Otherwise it is read once the subscription is connected.
    if (this.#isConnected) this.#read(watch);
    if (!this.#looksAtDeadlines) void this.#lookAtDeadlines();
    return () => this.#remove(watch);
  }

  #subscribe(): KeptSubscription {
    const { port, wait, warnings } = this.#deps;
    return new KeptSubscription({
      port,
      wait,
      onMessage: (message) => {
        const notices = decodeNotices(message);
        if (notices === ALL) this.#readAll();
        else for (const { sessionId, generation } of notices) this.#apply(sessionId, generation);
      },
      onConnected: () => {
        this.#isConnected = true;
        this.#readAll();
      },
      onLost: (error) => {
        this.#isConnected = false;
        const reason = error instanceof Error ? error.message : '';
        warnings.warn(
          'subscription-lost',
          `session.watch() does not hear of sessions that end in other processes until the store's subscription is back. ${reason}`.trimEnd(),
        );
      },
    });
  }

  #apply(sessionId: string, generation: number): void {
    for (const watch of this.#watches.get(sessionId) ?? []) {
      if (watch.generation < generation)
        this.#end(watch, generation === Number.POSITIVE_INFINITY ? 'ended' : 'replaced');
    }
  }

  #end(watch: Watch, end: WatchEnd): void {
    if (!this.#remove(watch)) return;
    try {
      const returned: unknown = watch.onEnd(end);
      if (returned instanceof Promise) returned.catch(() => {});
    } catch {
      // A listener that throws must not keep the others from hearing.
    }
  }

  /** Forgets a watch; false if it was forgotten before. */
  #remove(watch: Watch): boolean {
    const watches = this.#watches.get(watch.id);
    if (watches?.delete(watch) !== true) return false;
    this.#unread.delete(watch);
    if (watches.size === 0) this.#watches.delete(watch.id);
    if (this.#watches.size === 0) {
      this.#subscription?.close();
      this.#subscription = undefined;
      this.#isConnected = false;
    }
    return true;
  }

  #readAll(): void {
    for (const watches of this.#watches.values()) for (const watch of watches) this.#read(watch);
  }

  #read(watch: Watch): void {
    this.#unread.add(watch);
    if (!this.#isReading) void this.#readUnread();
  }

  /** Reads what must be read, a slice at a time, and goes on until it has succeeded. */
  async #readUnread(): Promise<void> {
    this.#isReading = true;
    // One microtask later, so that the first slice has all that are added in the same tick.
    await undefined;
    while (this.#unread.size > 0) {
      const slice = [...this.#unread].slice(0, SLICE);
      for (const watch of slice) this.#unread.delete(watch);
      const late = this.#deps.wait(READ_TIMEOUT);
      const reading = slice.map((watch) => Promise.race([this.#readOne(watch), late.then(() => watch)]));
      const failed = (await Promise.all(reading)).filter((each) => each !== undefined);
      for (const watch of failed) if (this.#watches.get(watch.id)?.has(watch)) this.#unread.add(watch);
      await this.#deps.wait(failed.length > 0 ? RETRY_DELAY : 0);
    }
    this.#isReading = false;
  }

  /** Reads the record of a watch, and ends the watch if its token no longer works. Returns the watch if the read failed. */
  async #readOne(watch: Watch): Promise<Watch | undefined> {
    const { port, now } = this.#deps;
    try {
      const standing = judgeWatched(await port.read(watch.id), watch.generation, now());
      if (typeof standing === 'string') this.#end(watch, standing);
      else watch.expiresAt = standing.expiresAt;
      return undefined;
    } catch {
      return watch;
    }
  }

  /** Reads sessions whose deadline has passed as far as it is known here, as long as anybody watches. */
  async #lookAtDeadlines(): Promise<void> {
    this.#looksAtDeadlines = true;
    while (this.#watches.size > 0) {
      await this.#deps.wait(DEADLINE_INTERVAL);
      const now = this.#deps.now();
      for (const watches of this.#watches.values()) {
        for (const watch of watches) if (hasPassed(watch.expiresAt, now)) this.#read(watch);
      }
    }
    this.#looksAtDeadlines = false;
  }
}

/** Decides whether a token of `generation` still opens the session of a record. Returns the deadline if it does, and how it ended if not. */
export function judgeWatched(
  record: StoreRecord | undefined,
  generation: number,
  now: number,
): WatchEnd | { readonly expiresAt: number } {
  if (record === undefined) return 'ended';
  if (hasPassed(record.expiresAt, now)) return 'ended';
  const state = decodeSession(record);
  // A newer version of this software may have written it, and can still open it.
  if (state === undefined) return { expiresAt: record.expiresAt };
  if (state.finish !== undefined) return 'ended';
  return state.generation > generation ? 'replaced' : { expiresAt: record.expiresAt };
}
