import type { DatabaseSync } from 'node:sqlite';
import type { SqliteValue } from '../../src/index.ts';
import type { Closable } from './factory.ts';

/** Wraps a connection so that strings are cut off at the first NUL when read, as in Node.js 22.13. */
export function cuttingAtNul(database: DatabaseSync): Closable {
  return {
    exec: (sql) => database.exec(sql),
    close: () => database.close(),
    prepare(sql) {
      const statement = database.prepare(sql);
      return {
        run: (...parameters: SqliteValue[]) => statement.run(...parameters),
        get(...parameters: SqliteValue[]) {
          const row = statement.get(...parameters);
          return row && Object.fromEntries(Object.entries(row).map(([name, value]) => [name, cut(value)]));
        },
      };
    },
  };
}

function cut(value: unknown): unknown {
  return typeof value === 'string' ? value.replace(/\0.*/s, '') : value;
}
