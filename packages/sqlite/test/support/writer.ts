import { writeSync } from 'node:fs';
import { sqliteStore } from '../../src/index.ts';

// Run as another process, to be killed: increments one record's version repeatedly, and prints each version once it is written.
const [, , path = '', key = ''] = process.argv;
const STDOUT = 1;
const store = sqliteStore(path);
const expiresAt = Date.now() + 3_600_000;
let version = store.read(key)?.version ?? 0;
while (true) {
  const next = { version: version + 1, expiresAt, body: `${version + 1} `.repeat(200) };
  if (!store.compareAndSet(key, version === 0 ? null : version, next))
    throw new Error('Another process wrote this key.');
  version += 1;
  writeSync(STDOUT, `${version}\n`);
}
