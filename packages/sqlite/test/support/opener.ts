import { once } from 'node:events';
import { sqliteStore } from '../../src/index.ts';

// Run as one of several processes that open one new file at the same time.
const [, , path = '', key = ''] = process.argv;
process.send?.('ready');
await once(process, 'message');
const store = sqliteStore(path);
store.compareAndSet(key, null, { version: 1, expiresAt: 1, body: key });
store.close();
process.disconnect();
