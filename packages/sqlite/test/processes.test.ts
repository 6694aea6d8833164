import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { readValue } from '../src/connection/connection.ts';
import { sqliteStore } from '../src/index.ts';
import { makeDirectory } from './support/directory.ts';

const directory = makeDirectory();
afterAll(() => directory.remove());

const CONDITIONS = '--conditions=@coatcheck/source';
const KILLS = 50;
const LANES = 4;

describe('a writing process that is killed 50 times at random moments', () => {
  it('loses no acknowledged update, and leaves the file intact', async () => {
    const path = directory.path();
    sqliteStore(path).close();
    const left = Array.from({ length: KILLS }, (_, at) => at);
    const lost: string[] = [];
    // Several at a time, so that a process is killed while others write, wait for its lock and take over its log.
    const lane = async (_: unknown, at: number): Promise<void> => {
      const key = `lane-${at}`;
      while (left.pop() !== undefined) {
        const acknowledged = await killWhileWriting(path, key);
        const { version, body } = readWithIntegrity(path, key);
        // One more may have been written whose acknowledgement was lost with the process.
        if (version < acknowledged || version > acknowledged + 1)
          lost.push(`${acknowledged} became ${version}`);
        if (body !== `${version} `.repeat(200)) lost.push(`the body of ${version}`);
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    expect(lost).toEqual([]);
  }, 300_000);
});

describe('several processes', () => {
  it('open one new file at the same time, and all of them write to it', async () => {
    const path = directory.path();
    const keys = Array.from({ length: 6 }, (_, at) => `process-${at}`);
    const openers = await Promise.all(keys.map((key) => startOpener(path, key)));
    const exits = openers.map((opener) => once(opener, 'exit'));
    for (const opener of openers) opener.send('open');
    const codes = (await Promise.all(exits)).map(([code]) => code);
    expect(codes).toEqual(keys.map(() => 0));
    const store = sqliteStore(path);
    expect(keys.map((key) => store.read(key)?.body)).toEqual(keys);
    store.close();
  }, 60_000);
});

/** Starts a writer, kills it after a random number of acknowledgements, and returns the last version that it acknowledged. */
async function killWhileWriting(path: string, key: string): Promise<number> {
  const program = fileURLToPath(new URL('./support/writer.ts', import.meta.url));
  const writer = spawn(process.execPath, [CONDITIONS, program, path, key], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: directory.env,
  });
  const wanted = 1 + Math.floor(Math.random() * 400);
  let output = '';
  for await (const chunk of writer.stdout) {
    output += String(chunk);
    if (output.split('\n').length > wanted) writer.kill('SIGKILL');
  }
  if (writer.signalCode === null && writer.exitCode === null) await once(writer, 'exit');
  expect(writer.signalCode).toBe('SIGKILL');
  // The last line may be incomplete.
  return Number(output.split('\n').at(-2));
}

function readWithIntegrity(path: string, key: string): { version: number; body: string } {
  const database = new DatabaseSync(path, { timeout: 10_000 });
  expect(readValue(database, 'PRAGMA integrity_check')).toBe('ok');
  const record = sqliteStore(database).read(key);
  database.close();
  return record ?? { version: 0, body: '' };
}

async function startOpener(path: string, key: string): Promise<ChildProcess> {
  const program = fileURLToPath(new URL('./support/opener.ts', import.meta.url));
  const opener = fork(program, [path, key], { execArgv: [CONDITIONS], env: directory.env });
  await once(opener, 'message');
  return opener;
}
