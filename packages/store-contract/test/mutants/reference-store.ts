import type { SessionStore, StoreRecord, StoreSubscriber, StoreSubscription } from '@coatcheck/core';

/** Represents a database that several stores share. */
export interface ReferenceDatabase {
  /** The records of each table. */
  readonly tables: Map<string, Map<string, StoreRecord>>;
  /** The subscribers of each table. */
  readonly subscribers: Map<string, Set<StoreSubscriber>>;
  /** Whether every call fails. */
  isDown: boolean;
}

/** A store with every optional method, which returns plain values. */
export interface ReferenceStore extends SessionStore {
  read(key: string): StoreRecord | undefined;
  compareAndSet(key: string, expected: number | null, next: StoreRecord | null): boolean;
  sweep(now: number, limit: number): number;
  clear(): void;
  close(): void;
  publish(message: string): void;
  subscribe(subscriber: StoreSubscriber): StoreSubscription;
}

/** Creates a database without tables. */
export function referenceDatabase(): ReferenceDatabase {
  return { tables: new Map(), subscribers: new Map(), isDown: false };
}

/** Returns the records of one table, for direct access. */
export function recordsOf(database: ReferenceDatabase, table: string): Map<string, StoreRecord> {
  if (database.isDown) throw new Error('The database is down.');
  const records = database.tables.get(table) ?? new Map<string, StoreRecord>();
  database.tables.set(table, records);
  return records;
}

/** Returns the subscribers of one table. */
export function subscribersOf(database: ReferenceDatabase, table: string): Set<StoreSubscriber> {
  if (database.isDown) throw new Error('The database is down.');
  const subscribers = database.subscribers.get(table) ?? new Set<StoreSubscriber>();
  database.subscribers.set(table, subscribers);
  return subscribers;
}

/** Opens a store that keeps the contract. */
export function referenceStore(database: ReferenceDatabase, table: string): ReferenceStore {
  return {
    read: (key) => recordsOf(database, table).get(key),
    compareAndSet(key, expected, next) {
      const records = recordsOf(database, table);
      if ((records.get(key)?.version ?? null) !== expected) return false;
      if (next === null) records.delete(key);
      else records.set(key, next);
      return true;
    },
    sweep(now, limit) {
      const records = recordsOf(database, table);
      const expired = [...records]
        .filter(([, { expiresAt }]) => expiresAt <= now)
        .sort(([, a], [, b]) => a.expiresAt - b.expiresAt)
        .slice(0, limit);
      for (const [key] of expired) records.delete(key);
      return expired.length;
    },
    clear: () => recordsOf(database, table).clear(),
    close() {},
    publish(message) {
      for (const { message: deliver } of subscribersOf(database, table)) deliver(message);
    },
    subscribe(subscriber) {
      subscribersOf(database, table).add(subscriber);
      return { check() {}, close: () => void subscribersOf(database, table).delete(subscriber) };
    },
  };
}
