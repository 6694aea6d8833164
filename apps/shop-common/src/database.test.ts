import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { openDatabase } from './database.ts';

const PROCESSES = 4;
const DATABASES = 25;

const directory = mkdtempSync(join(tmpdir(), 'shop-'));
afterAll(() => rmSync(directory, { recursive: true }));

it('can be opened by several shops while it is being created', async () => {
  const openers = await Promise.all(Array.from({ length: PROCESSES }, startOpener));
  for (let count = 0; count < DATABASES; count++) {
    const path = join(directory, String(count));
    const results = await Promise.all(openers.map((opener) => open(opener, path)));
    expect(results).toEqual(openers.map(() => 'opened'));
  }
  for (const opener of openers) opener.disconnect();
}, 60_000);

it('creates a missing directory', () => {
  openDatabase(join(directory, 'a', 'new', 'one')).close();
});

async function startOpener(): Promise<ChildProcess> {
  const program = fileURLToPath(new URL('./testing/database-opener.ts', import.meta.url));
  const opener = fork(program, { execArgv: ['--conditions=@coatcheck/source'] });
  await once(opener, 'message');
  return opener;
}

/** Resolves to 'opened', or to the exit code of the process. */
async function open(opener: ChildProcess, path: string): Promise<unknown> {
  const waiting = new AbortController();
  const { signal } = waiting;
  const outcome = Promise.race([once(opener, 'message', { signal }), once(opener, 'exit', { signal })]);
  opener.send(path);
  try {
    return (await outcome)[0];
  } finally {
    // Otherwise the process would have a listener more for each database.
    waiting.abort();
  }
}
