import { DatabaseSync } from 'node:sqlite';

const database = new DatabaseSync(process.env.OLD_SESSIONS_DB ?? 'old-sessions.db');
database.exec('CREATE TABLE IF NOT EXISTS records (key TEXT PRIMARY KEY, value TEXT NOT NULL)');
const read = database.prepare('SELECT value FROM records WHERE key = ?');
const write = database.prepare('INSERT OR REPLACE INTO records (key, value) VALUES (?, ?)');
const remove = database.prepare('DELETE FROM records WHERE key = ?');

/** Where the old library keeps its sessions. Yours may be Redis, MongoDB or another database. */
export const records = {
  async get(key: string) {
    const row = read.get(key);
    return row && JSON.parse(String(row.value));
  },
  async set(key: string, value: unknown): Promise<void> {
    write.run(key, JSON.stringify(value));
  },
  async delete(key: string): Promise<void> {
    remove.run(key);
  },
};
