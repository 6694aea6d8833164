import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Opens the shop's database, where the orders are kept, and by most shops the sessions too; makes the directory where it is missing. */
export function openDatabase(directory: string): DatabaseSync {
  mkdirSync(directory, { recursive: true });
  // Several processes may have it open: a writer waits for another. The write-ahead log comes with the store of the sessions, where that is here too.
  return new DatabaseSync(join(directory, 'shop.db'), { timeout: 2000 });
}
