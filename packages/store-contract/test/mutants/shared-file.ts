import { DatabaseSync } from 'node:sqlite';
import type { SessionStore } from '@coatcheck/core';

/** Opens a store in a file that processes can share. It implements only what the clause about contention needs. */
export function openStore(path: string): SessionStore {
  const database = new DatabaseSync(path, { timeout: 10_000 });
  database.exec('CREATE TABLE IF NOT EXISTS records (key TEXT PRIMARY KEY, version, expiresAt, body)');
  const read = database.prepare('SELECT version, expiresAt, body FROM records WHERE key = ?');
  const create = database.prepare('INSERT OR IGNORE INTO records VALUES (?, ?, ?, ?)');
  const replace = database.prepare(
    'UPDATE records SET version = ?, expiresAt = ?, body = ? WHERE key = ? AND version = ?',
  );
  return {
    read(key) {
      const row = read.get(key);
      if (row === undefined) return undefined;
      return {
        version: Number(row['version']),
        expiresAt: Number(row['expiresAt']),
        body: String(row['body']),
      };
    },
    compareAndSet(key, expected, next) {
      if (next === null) throw new Error('This store cannot delete.');
      const { version, expiresAt, body } = next;
      const { changes } =
        expected === null
          ? create.run(key, version, expiresAt, body)
          : replace.run(version, expiresAt, body, key, expected);
      return changes === 1;
    },
    close: () => database.close(),
  };
}
