import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
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
    expect(() => store.compareAndSet('key', 1, { ...RECORD, version: 2 })).toThrow('database is locked');
    expect(() => store.compareAndSet('key', 1, null)).toThrow('database is locked');
    expect(() => store.clear()).toThrow('database is locked');
    await expect(store.sweep(1, 1)).rejects.toThrow('database is locked');
    expect(store.read('key')).toEqual(RECORD);
    await release();
    expect(store.compareAndSet('key', 1, { ...RECORD, version: 2 })).toBe(true);
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
      `The database '${path}' was locked by another connection for longer than busyTimeout (20 ms).`,
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
