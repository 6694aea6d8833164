import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Opens the shop's database, which stores the orders and, in most shops, the sessions. Creates a missing directory. */
export function openDatabase(directory: string): DatabaseSync {
  mkdirSync(directory, { recursive: true });
  // Several processes may open it, so writers wait for each other. The session store switches to a write-ahead log if it uses this database.
  return new DatabaseSync(join(directory, 'shop.db'), { timeout: 2000 });
}
