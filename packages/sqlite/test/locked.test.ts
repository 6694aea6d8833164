import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createSessions } from '@coatcheck/core';
import { ParsedRequestView } from '@coatcheck/core/adapter';
import { afterAll, describe, expect, it } from 'vitest';
import { sqliteStore } from '../src/index.ts';
import { makeDirectory } from './support/directory.ts';
import { refusalOf } from './support/refusal.ts';

const directory = makeDirectory();
afterAll(() => directory.remove());

const RECORD = { version: 1, expiresAt: 1, body: 'x' };

describe('a database that another process has locked', () => {
  it('fails writes after busyTimeout, still serves reads, and accepts writes again afterwards', async () => {
    const path = directory.path();
    const store = sqliteStore(path, { busyTimeout: 20 });
    store.compareAndSet('key', null, RECORD);
    const release = await lock(path);
    expect(() => store.compareAndSet('key', 1, { ...RECORD, version: 2 })).toThrow(
      'was locked by another connection for longer than busyTimeout (20 ms)',
    );
    expect(() => store.compareAndSet('key', 1, null)).toThrow(
      'was locked by another connection for longer than busyTimeout (20 ms)',
    );
    expect(() => store.clear()).toThrow(
      'was locked by another connection for longer than busyTimeout (20 ms)',
    );
    await expect(store.sweep(1, 1)).rejects.toThrow(
      'was locked by another connection for longer than busyTimeout (20 ms)',
    );
    expect(store.read('key')).toEqual(RECORD);
    await release();
    expect(store.compareAndSet('key', 1, { ...RECORD, version: 2 })).toBe(true);
    store.close();
  }, 30_000);

  it('fails an update of a session after one busyTimeout in all, and says who holds the lock as far as SQLite tells', async () => {
    const path = directory.path();
    const store = sqliteStore(path, { busyTimeout: 50 });
    let tries = 0;
    const sessions = createSessions<{ count: number }>({
      store: {
        read: (key) => store.read(key),
        compareAndSet: (key, expected, next) => {
          tries += 1;
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
    expect(tries).toBe(1);
    await release();
    store.close();
  }, 30_000);

  it('makes a write wait until the lock is released', async () => {
    const path = directory.path();
    const store = sqliteStore(path, { busyTimeout: 20_000 });
    const release = await lock(path);
    // The message is already on its way when the write begins to wait. Only the other process can end the wait.
    const released = release();
    expect(store.compareAndSet('key', null, RECORD)).toBe(true);
    await released;
    store.close();
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
