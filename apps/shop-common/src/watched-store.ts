import type { SessionStore, StoreRecord } from '@coatcheck/core';
import { labAhead } from './lab/lab-request.ts';
import { type RecordFacts, readRecord } from './record-facts.ts';

const KEPT_RECORDS = 1000;

/** One write of a session's record by this process. */
export interface RecordWrite {
  readonly sessionId: string;
  /** The record before; undefined if there was none. */
  readonly before: RecordFacts | undefined;
  /** The record after; undefined if it was removed. */
  readonly after: RecordFacts | undefined;
}

/** Hears what happens to the records of sessions. */
export interface StoreWatcher {
  /** Is called before each call of the store. May throw, as a store that is down would. */
  onCall?(operation: 'read' | 'write'): void;
  onWrite?(write: RecordWrite): void;
}

/** A store whose writes can be watched. */
export interface WatchedStore extends SessionStore {
  watch(watcher: StoreWatcher): void;
}

/** Wraps a store so that the pages can show what is written to it. It changes nothing, and waits for nothing that the store does not wait for. */
export function watchStore(store: SessionStore): WatchedStore {
  const watchers: StoreWatcher[] = [];
  const known = new Map<string, RecordFacts>();
  const call = (operation: 'read' | 'write') => {
    for (const watcher of watchers) watcher.onCall?.(operation);
  };
  const learn = (key: string, record: StoreRecord | null | undefined) => {
    const facts = record ? readRecord(record) : undefined;
    known.delete(key);
    if (facts !== undefined) known.set(key, facts);
    for (const stalest of known.keys()) {
      if (known.size <= KEPT_RECORDS) break;
      known.delete(stalest);
    }
    return facts;
  };
  const note = (key: string, next: StoreRecord | null) => {
    const before = known.get(key);
    const after = learn(key, next);
    if (before === undefined && after === undefined) return;
    for (const watcher of watchers) watcher.onWrite?.({ sessionId: key, before, after });
  };
  const { sweep, clear, now, publish, subscribe, close } = store;
  return {
    watch: (watcher) => void watchers.push(watcher),
    read(key) {
      call('read');
      return then(store.read(key), (record) => {
        learn(key, record);
        return record;
      });
    },
    compareAndSet(key, expected, next) {
      call('write');
      return then(store.compareAndSet(key, expected, next), (isWritten) => {
        if (isWritten) note(key, next);
        return isWritten;
      });
    },
    // A request of the lab may run with a clock that is ahead. It must not remove the sessions of others.
    ...(sweep && { sweep: (time, limit) => sweep.call(store, Math.min(time, Date.now()), limit) }),
    ...(clear && { clear: () => clear.call(store) }),
    // Nor must the library take such a clock for one that goes wrong.
    ...(now && { now: () => then(now.call(store), (time) => time + labAhead()) }),
    ...(publish && { publish: (message) => publish.call(store, message) }),
    ...(subscribe && { subscribe: (subscriber) => subscribe.call(store, subscriber) }),
    ...(close && { close: () => close.call(store) }),
  };
}

/** Continues at once with a value, and later with a promise's: a store may be synchronous. */
function then<T>(value: T | PromiseLike<T>, next: (value: T) => T): T | PromiseLike<T> {
  return isPromise(value) ? value.then(next) : next(value);
}

function isPromise<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && 'then' in value;
}
