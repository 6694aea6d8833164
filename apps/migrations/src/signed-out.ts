import { DatabaseSync } from 'node:sqlite';

const database = new DatabaseSync(process.env.OLD_SESSIONS_DB ?? 'old-sessions.db');
database.exec('CREATE TABLE IF NOT EXISTS signed_out (user TEXT PRIMARY KEY)');
const find = database.prepare('SELECT 1 FROM signed_out WHERE user = ?');
const insert = database.prepare('INSERT OR IGNORE INTO signed_out (user) VALUES (?)');

/** The users who have signed out since the change. Their old cookies are refused, since no server can delete a copy of a cookie. */
export const signedOut = {
  has: (user: string): boolean => find.get(user) !== undefined,
  add: (user: string): void => void insert.run(user),
};
