import type { SessionStore, StoreRecord } from '@coatcheck/core';

/** The store's calls that return values, not promises. */
interface SynchronousStore {
  read(key: string): StoreRecord | undefined;
  compareAndSet(key: string, expected: number | null, next: StoreRecord | null): boolean;
}

/** Breaks a store on purpose: a write wins whatever version it expects. The checker must find what that loses. */
export function ignoringVersions(store: SynchronousStore): SessionStore {
  return {
    read: (key) => store.read(key),
    compareAndSet: (key, _expected, next) => store.compareAndSet(key, store.read(key)?.version ?? null, next),
  };
}
