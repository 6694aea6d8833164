import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { makeDirectory } from '../../test/support/directory.ts';
import { sqliteStore } from '../index.ts';
import { startThread } from './checkpoint-thread.ts';
import { readValue } from './connection.ts';

const directory = makeDirectory();
afterAll(() => directory.remove());

/** A file whose log SQLite does not copy by itself, with about so many pages in it. */
function withLog(pages: number) {
  const path = directory.path();
  const connection = new DatabaseSync(path);
  connection.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA wal_autocheckpoint = 0');
  connection.exec('CREATE TABLE t (a)');
  const insert = connection.prepare('INSERT INTO t VALUES (zeroblob(?))');
  insert.run(pages * 4096);
  return { path, connection };
}

/** Starts the thread for a file. What it reports comes as 'done <pages>' or 'end'. */
function started(path: string) {
  const reports: string[] = [];
  let wake: (() => void) | undefined;
  const note = (report: string): void => {
    reports.push(report);
    wake?.();
  };
  const thread = startThread(path, {
    onDone: (length) => note(`done ${length}`),
    onEnd: () => note('end'),
  });
  const next = async (): Promise<string | undefined> => {
    if (reports.length === 0) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return reports.shift();
  };
  return { thread, next };
}

// A disk that others keep busy may take seconds for one sync.
describe('the thread of a database', { timeout: 60_000 }, () => {
  it.each([10, 4100])('copies a log of %i pages into the file', async (pages) => {
    const { path, connection } = withLog(pages);
    const { thread, next } = started(path);
    thread?.run();
    const length = Number((await next())?.slice('done '.length));
    expect(length).toBeGreaterThanOrEqual(pages);
    expect(statSync(path).size).toBeGreaterThan(pages * 4096);
    thread?.end();
    expect(await next()).toBe('end');
    connection.close();
  });

  it('does not use the file after its end, so that the store is the last to close the database', async () => {
    const { path, connection } = withLog(8000);
    const { thread, next } = started(path);
    thread?.run();
    const isCopying = (): boolean => statSync(path).size > 100 * 4096;
    while (!isCopying()) await new Promise(setImmediate);
    thread?.end();
    connection.close();
    expect(existsSync(`${path}-wal`)).toBe(false);
    await next();
  });

  it('does not open the file if it ends before it has begun', async () => {
    const { path, connection } = withLog(10);
    const { size } = statSync(path);
    const { thread, next } = started(path);
    thread?.run();
    thread?.end();
    expect(await next()).toBe('end');
    expect(statSync(path).size).toBe(size);
    connection.close();
  });

  it('is one of at most 4 at a time, and another may start after one has ended', async () => {
    const { path, connection } = withLog(10);
    const all = Array.from({ length: 5 }, () => started(path));
    expect(all.map(({ thread }) => thread !== undefined)).toEqual([true, true, true, true, false]);
    for (const { thread, next } of all.slice(0, 4)) {
      thread?.end();
      await next();
    }
    const { thread, next } = started(path);
    thread?.end();
    expect(await next()).toBe('end');
    connection.close();
  });

  it('goes on after a checkpoint that failed', async () => {
    const { path, connection } = withLog(10);
    const { thread, next } = started(path);
    renameSync(path, `${path}.away`);
    thread?.run();
    expect(await next()).toBe('done 0');
    expect(existsSync(path)).toBe(false);
    renameSync(`${path}.away`, path);
    thread?.run();
    expect(await next()).not.toBe('done 0');
    expect(statSync(path).size).toBeGreaterThan(10 * 4096);
    thread?.end();
    connection.close();
  });

  it('leaves a file unchanged that has replaced the one of the store', async () => {
    const { path, connection } = withLog(10);
    const { thread, next } = started(path);
    renameSync(path, `${path}.old`);
    writeFileSync(path, 'another');
    thread?.run();
    expect(await next()).toBe('done 0');
    expect(statSync(path).size).toBe('another'.length);
    thread?.end();
    connection.close();
  });
});

const PROGRAM = fileURLToPath(new URL('../../test/support/many-writes.ts', import.meta.url));

/** Runs a process that writes to a file until a thread has copied its log, and then does something else. */
async function run(
  path: string,
  then: string,
  nodeOptions = '',
): Promise<{ readonly code: unknown; readonly output: string }> {
  const child = spawn(process.execPath, ['--conditions=@coatcheck/source', PROGRAM, path, then], {
    env: { ...directory.env, NODE_OPTIONS: nodeOptions },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [output, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  return { code, output: output + errors };
}

describe('a process whose store has a thread', { timeout: 60_000 }, () => {
  it.each(['return', 'exit', 'close', 'sweep'])(
    'ends as it would without one, silently: %s',
    async (then) => {
      const path = directory.path();
      expect(await run(path, then)).toEqual({ code: 0, output: '' });
      const store = sqliteStore(path);
      expect(store.read('key')?.version).toBeGreaterThan(500);
      store.close();
      expect(existsSync(`${path}-wal`)).toBe(false);
    },
  );

  it('preloads the modules of NODE_OPTIONS only once', async () => {
    const preloaded = `${directory.path()}.cjs`;
    writeFileSync(preloaded, "require('node:fs').writeSync(1, 'preloaded ')");
    const options = `--require ${JSON.stringify(preloaded)}`;
    expect(await run(directory.path(), 'close', options)).toEqual({ code: 0, output: 'preloaded ' });
  });

  it.runIf(process.platform === 'linux')(
    'keeps the lock of another store of the process when one is closed, so that no other process removes the log',
    async () => {
      const path = directory.path();
      expect(await run(path, 'share')).toEqual({ code: 0, output: '' });
      const connection = new DatabaseSync(path);
      expect(readValue(connection, 'PRAGMA integrity_check')).toBe('ok');
      expect(sqliteStore(connection).read('late')?.body).toBe('kept');
      connection.close();
    },
  );
});
