import { readFileSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { sqliteStore } from '../../src/index.ts';

/** SQLite's SHARED_FIRST. */
const SHARED_FIRST = 0x40000002;

// Run as another process: writes 10,000 times to a store, so that its thread copies the log into the file, and then does what it is told.
const [, , path = '', then = ''] = process.argv;
const expiresAt = Date.now() + 3_600_000;
const body = 'x'.repeat(300);
const store = sqliteStore(path);
const other = sqliteStore(path);
let version = 0;
for (let turn = 0; turn < 200; turn += 1) {
  for (let write = 0; write < 50; write += 1) {
    store.compareAndSet('key', version === 0 ? null : version, { version: version + 1, expiresAt, body });
    version += 1;
  }
  await nextTurn();
}
if (then === 'exit') process.exit();
if (then === 'close') {
  store.close();
  other.close();
}
if (then === 'sweep') {
  // Nothing else keeps the process alive.
  for (let key = 0; key < 2000; key += 1)
    store.compareAndSet(`${key}`, null, { version: 1, expiresAt: 1, body });
  const removed = await store.sweep(2, 2000);
  if (removed !== 2000) console.log(`Removed ${removed} records.`);
}
if (then === 'share') {
  store.close();
  // What keeps other processes from removing the log: a lock on the first byte that readers lock.
  const held = readFileSync('/proc/locks', 'utf8').split('\n');
  const isLocked = held.some(
    (lock) => lock.includes(` READ ${process.pid} `) && lock.includes(` ${SHARED_FIRST} `),
  );
  if (!isLocked) console.log('The other store has lost its lock.');
  other.compareAndSet('late', null, { version: 1, expiresAt, body: 'kept' });
  other.close();
}
