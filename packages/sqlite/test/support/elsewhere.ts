import { type SqliteStore, sqliteStore } from '../../src/index.ts';
import { connectWith } from './drivers.ts';

/** Opens a store in another process, with a path or a driver's connection. */
export async function openStore(argument: string): Promise<SqliteStore> {
  const { driver, path, table }: { driver: string; path: string; table: string } = JSON.parse(argument);
  return sqliteStore(driver === 'path' ? path : await connectWith(driver, path), {
    table,
    synchronous: 'normal',
  });
}
