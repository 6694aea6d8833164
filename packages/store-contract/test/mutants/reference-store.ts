import type { SessionStore, StoreRecord } from '@coatcheck/core';

/** Represents a database that several stores share. */
export interface ReferenceDatabase {
  /** The records of each table. */
  readonly tables: Map<string, Map<string, StoreRecord>>;
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
}

/** Creates a database without tables. */
export function referenceDatabase(): ReferenceDatabase {
  return { tables: new Map(), isDown: false };
}

/** Returns the records of one table, for direct access. */
export function recordsOf(database: ReferenceDatabase, table: string): Map<string, StoreRecord> {
  if (database.isDown) throw new Error('The database is down.');
  const records = database.tables.get(table) ?? new Map<string, StoreRecord>();
  database.tables.set(table, records);
  return records;
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
  };
}
