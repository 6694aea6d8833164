import { DatabaseSync } from 'node:sqlite';

// Run as another process: takes the write lock, reports it, and releases it at the first message.
const [, , path = ''] = process.argv;
const database = new DatabaseSync(path, { timeout: 10_000 });
database.exec('BEGIN IMMEDIATE');
process.once('message', () => {
  database.exec('COMMIT');
  database.close();
  process.disconnect();
});
process.send?.('locked');
