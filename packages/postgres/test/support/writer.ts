import { writeSync } from 'node:fs';
import { openStore } from './open-store.ts';
import { makeRecord } from './record.ts';

// Run as another process, to be killed: raises one record's version again and again, and tells each version after it was acknowledged.
const [, , argument = '', key = ''] = process.argv;
const STDOUT = 1;
const store = await openStore(argument);
let version = (await store.read(key))?.version ?? 0;
while (true) {
  const next = makeRecord(version + 1, `${version + 1} `.repeat(100));
  if (!(await store.compareAndSet(key, version === 0 ? null : version, next))) {
    throw new Error('Another process wrote this key');
  }
  version += 1;
  writeSync(STDOUT, `${version}\n`);
}
