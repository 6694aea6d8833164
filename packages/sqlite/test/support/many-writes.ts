import { spawnSync } from 'node:child_process';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { sqliteStore } from '../../src/index.ts';

// Run as another process: writes to a store until its thread has copied the log into the file, and then does what it is told.
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
if (then === 'share') {
  store.close();
  // The last connection of a file removes its log. Another process must see that this one is not the last.
  const visit = `new (require('node:sqlite').DatabaseSync)(process.argv[1]).exec('SELECT 1 FROM coatcheck_sessions')`;
  spawnSync(process.execPath, ['--no-warnings', '-e', visit, path], { stdio: 'inherit' });
  other.compareAndSet('late', null, { version: 1, expiresAt, body: 'kept' });
  other.close();
}
