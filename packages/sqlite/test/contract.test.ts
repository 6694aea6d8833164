import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { DatabaseSync } from 'node:sqlite';
import { testStoreContract } from '@coatcheck/store-contract';
import Database from 'better-sqlite3';
import { afterAll, describe, expect, it } from 'vitest';
import { cuttingAtNul } from './support/cutting-at-nul.ts';
import { makeDirectory } from './support/directory.ts';
import { connectionFactory, pathFactory } from './support/factory.ts';

const directory = makeDirectory();
afterAll(() => directory.remove());

describe('with a path', () => {
  testStoreContract({ describe, it }, pathFactory(directory.path()));
});

describe.each([
  { driver: 'node:sqlite', connect: (path: string) => new DatabaseSync(path) },
  { driver: 'better-sqlite3', connect: (path: string) => new Database(path) },
])('with a connection of $driver', ({ driver, connect }) => {
  const { factory, closeAll } = connectionFactory(driver, directory.path(), connect);
  afterAll(closeAll);
  testStoreContract({ describe, it }, factory);
});

describe('with a connection whose driver cuts strings off at NUL', () => {
  const connect = (path: string) => cuttingAtNul(new DatabaseSync(path));
  const { factory, closeAll } = connectionFactory('node:sqlite', directory.path(), connect);
  afterAll(closeAll);
  testStoreContract({ describe, it }, factory);
});

describe('under Bun', () => {
  it('a path and a connection of bun:sqlite pass the contract', () => {
    const bun = createRequire(import.meta.url).resolve('bun/bin/bun.exe');
    const program = new URL('./support/under-bun.ts', import.meta.url).pathname;
    const { status, stderr } = spawnSync(bun, ['--conditions=@coatcheck/source', 'test', program], {
      encoding: 'utf8',
    });
    expect(stderr).toMatch(/^ 0 fail$/m);
    expect(stderr).toMatch(/^ 11\d pass$/m);
    expect(status).toBe(0);
  }, 300_000);
});
