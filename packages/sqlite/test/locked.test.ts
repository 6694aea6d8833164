import { fork } from 'node:child_process';
import { once } from 'node:events';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { createSessions } from '@coatcheck/core';
import { ParsedRequestView } from '@coatcheck/core/adapter';
import Database from 'better-sqlite3';
import { afterAll, describe, expect, it } from 'vitest';
import { sqliteStore } from '../src/index.ts';
import { makeDirectory } from './support/directory.ts';
import { refusalOf } from './support/refusal.ts';

const directory = makeDirectory();
afterAll(() => directory.remove());

const RECORD = { version: 1, expiresAt: 1, body: 'x' };

const LOCKED_20 = 'was locked by another connection for longer than busyTimeout (20 ms)';

describe('a database that another process has locked', () => {
  it('fails writes after busyTimeout, still serves reads, and accepts writes again afterwards', async () => {
    const path = directory.path();
    const store = sqliteStore(path, { busyTimeout: 20 });
    await store.compareAndSet('key', null, RECORD);
    const release = await lock(path);
    await expect(store.compareAndSet('key', 1, { ...RECORD, version: 2 })).rejects.toThrow(LOCKED_20);
    await expect(store.compareAndSet('key', 1, null)).rejects.toThrow(LOCKED_20);
    await expect(store.clear()).rejects.toThrow(LOCKED_20);
    await expect(store.sweep(1, 1)).rejects.toThrow(LOCKED_20);
    expect(store.read('key')).toEqual(RECORD);
    await release();
    expect(await store.compareAndSet('key', 1, { ...RECORD, version: 2 })).toBe(true);
    store.close();
  }, 30_000);

  it.each([
    ['node:sqlite', (path: string) => new DatabaseSync(path)],
    ['better-sqlite3', (path: string) => new Database(path)],
  ])(
    'fails writes over a passed connection of %s, whose driver waits',
    async (_driver, connect) => {
      const path = directory.path();
      const connection = connect(path);
      const store = sqliteStore(connection, { busyTimeout: 20 });
      const release = await lock(path);
      expect(() => store.compareAndSet('key', null, RECORD)).toThrow(LOCKED_20);
      expect(() => store.clear()).toThrow(LOCKED_20);
      await release();
      expect(store.compareAndSet('key', null, RECORD)).toBe(true);
      connection.close();
    },
    30_000,
  );

  it('fails a write at once with busyTimeout: 0', async () => {
    const path = directory.path();
    const store = sqliteStore(path, { busyTimeout: 0 });
    const release = await lock(path);
    expect(() => store.compareAndSet('key', null, RECORD)).toThrow('longer than busyTimeout (0 ms)');
    await release();
    store.close();
  }, 30_000);

  it('fails an update of a session after one busyTimeout in all, and says who holds the lock as far as SQLite tells', async () => {
    const path = directory.path();
    const store = sqliteStore(path, { busyTimeout: 50 });
    let writes = 0;
    const sessions = createSessions<{ count: number }>({
      store: {
        read: (key) => store.read(key),
        compareAndSet: (key, expected, next) => {
          writes += 1;
          return store.compareAndSet(key, expected, next);
        },
      },
      initial: () => ({ count: 0 }),
    });
    const release = await lock(path);
    const { session } = sessions.open(new ParsedRequestView({ method: 'POST', headers: {} }));
    await expect(session.update({ count: 1 })).rejects.toMatchObject({
      code: 'ERR_STORE_UNAVAILABLE',
      message: expect.stringContaining(
        'was locked by another connection for longer than busyTimeout (50 ms)',
      ),
    });
    expect(writes).toBe(1);
    await release();
    store.close();
  }, 30_000);

  it('makes a write wait until the lock is released, and the server goes on meanwhile', async () => {
    const path = directory.path();
    const store = sqliteStore(path, { busyTimeout: 20_000 });
    await store.compareAndSet('key', null, RECORD);
    const release = await lock(path);
    const writing = Promise.resolve(store.compareAndSet('key', 1, { ...RECORD, version: 2 }));
    let isWritten = false;
    void writing.then(() => {
      isWritten = true;
    });
    // Only this process can tell the other one to release the lock: a write that stops the event loop would wait for itself.
    for (let turn = 0; turn < 100; turn += 1) await new Promise(setImmediate);
    expect(store.read('key')).toEqual(RECORD);
    expect(isWritten).toBe(false);
    await release();
    expect(await writing).toBe(true);
    expect(store.read('key')).toEqual({ ...RECORD, version: 2 });
    store.close();
  }, 30_000);

  it('makes writes of one record wait, of which one wins', async () => {
    const path = directory.path();
    const store = sqliteStore(path, { busyTimeout: 20_000 });
    const release = await lock(path);
    const writes = Array.from({ length: 20 }, () => store.compareAndSet('key', null, RECORD));
    await release();
    const results = await Promise.all(writes);
    expect(results.filter((isDone) => isDone).length).toBe(1);
    store.close();
  }, 30_000);

  it('fails a write that waits when the store is closed', async () => {
    const path = directory.path();
    const store = sqliteStore(path, { busyTimeout: 20_000 });
    const release = await lock(path);
    const writing = store.compareAndSet('key', null, RECORD);
    store.close();
    await expect(writing).rejects.toThrow('finalized');
    await release();
  }, 30_000);

  it('cannot be set up, and the error names busyTimeout', async () => {
    const path = directory.path();
    sqliteStore(path).close();
    const release = await lock(path);
    const { code, message } = refusalOf(() => sqliteStore(path, { table: 'another', busyTimeout: 20 }));
    expect(code).toBe('ERR_STORE_UNAVAILABLE');
    expect(message).toBe(
      `The database '${path}' was locked by another connection for longer than busyTimeout (20 ms). SQLite does not tell which one: look for a program with an open transaction, such as a backup, a migration or a shell; lsof lists those that have the file open.`,
    );
    // Opening an existing table needs no lock.
    sqliteStore(path).close();
    await release();
  }, 30_000);
});

/** Makes another process take the write lock. Returns a function that makes it release the lock. */
async function lock(path: string): Promise<() => Promise<void>> {
  const holder = fork(fileURLToPath(new URL('./support/lock-holder.ts', import.meta.url)), [path], {
    execArgv: [],
  });
  await once(holder, 'message');
  return async () => {
    const exited = once(holder, 'exit');
    holder.send('release');
    await exited;
  };
}
