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

it('may be opened by several shops at the moment it is made', async () => {
  const openers = await Promise.all(Array.from({ length: PROCESSES }, startOpener));
  for (let count = 0; count < DATABASES; count++) {
    const path = join(directory, String(count));
    const answers = await Promise.all(openers.map((opener) => open(opener, path)));
    expect(answers).toEqual(openers.map(() => 'opened'));
  }
  for (const opener of openers) opener.disconnect();
}, 60_000);

it('makes the directory where it is missing', () => {
  openDatabase(join(directory, 'a', 'new', 'one')).close();
});

async function startOpener(): Promise<ChildProcess> {
  const program = fileURLToPath(new URL('./testing/database-opener.ts', import.meta.url));
  const opener = fork(program, { execArgv: ['--conditions=@coatcheck/source'] });
  await once(opener, 'message');
  return opener;
}

/** Gives 'opened', or the code with which it ended. */
async function open(opener: ChildProcess, path: string): Promise<unknown> {
  const answer = Promise.race([once(opener, 'message'), once(opener, 'exit')]);
  opener.send(path);
  return (await answer)[0];
}
