import { DatabaseSync } from 'node:sqlite';

// Run as another process: takes the write lock, says so, and gives it up at the first message.
const [, , path = ''] = process.argv;
const database = new DatabaseSync(path);
database.exec('BEGIN IMMEDIATE');
process.once('message', () => {
  database.exec('COMMIT');
  database.close();
  process.disconnect();
});
process.send?.('locked');
