import type { SessionStore, StoreRecord } from '@coatcheck/core';
import type { ReferenceDatabase, ReferenceStore } from './reference-store.ts';

/** The parts that a mutant is made from. */
export interface Parts {
  /** A store that keeps the contract. */
  readonly store: ReferenceStore;
  /** The records of its table. */
  readonly records: () => Map<string, StoreRecord>;
  /** The name of its table. */
  readonly table: string;
  /** The database that it shares with others. */
  readonly database: ReferenceDatabase;
}

/** A store with one fault, and the clauses that must find it. */
export interface Mutant {
  readonly fault: string;
  readonly make: (parts: Parts) => SessionStore;
  /** The titles of exactly those clauses that must fail. */
  readonly fails: readonly string[];
}

/** Creates a mutant that changes records before they are written. */
export function mangling({ store }: Parts, mangle: (record: StoreRecord) => StoreRecord): SessionStore {
  return {
    ...store,
    compareAndSet: (key, expected, next) => store.compareAndSet(key, expected, next && mangle(next)),
  };
}

/** Creates a mutant that changes keys. */
export function rekeying({ store }: Parts, rekey: (key: string) => string): SessionStore {
  return {
    ...store,
    read: (key) => store.read(rekey(key)),
    compareAndSet: (key, expected, next) => store.compareAndSet(rekey(key), expected, next),
  };
}
