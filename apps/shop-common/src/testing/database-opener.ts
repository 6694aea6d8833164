import { openDatabase } from '../database.ts';
import { Orders } from '../orders.ts';

// Run as one of several processes that open a new database at the same time: opens each directory that it receives, and replies.
process.on('message', (directory) => {
  const database = openDatabase(String(directory));
  new Orders(database);
  database.close();
  process.send?.('opened');
});
process.send?.('ready');
