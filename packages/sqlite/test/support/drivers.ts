import type { Closable } from './factory.ts';

/** Opens a connection with the named driver. Drivers are loaded on demand. */
export async function connectWith(driver: string, path: string): Promise<Closable> {
  if (driver === 'node:sqlite') {
    const { DatabaseSync } = await import('node:sqlite');
    return new DatabaseSync(path);
  }
  if (driver === 'better-sqlite3') {
    const { default: Database } = await import('better-sqlite3');
    return new Database(path);
  }
  const Database = await bunDatabase();
  return new Database(path);
}

/** Loads the class of `bun:sqlite`, which only Bun has and whose types would bring in all of Bun's. */
export async function bunDatabase(): Promise<new (path: string) => Closable> {
  const name = 'bun:sqlite';
  const { Database }: { Database: new (path: string) => Closable } = await import(name);
  return Database;
}
