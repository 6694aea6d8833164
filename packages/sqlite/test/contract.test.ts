import { spawnSync } from 'node:child_process';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { bin } from '@coatcheck/runtimes/binaries';
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

describe('under other runtimes', () => {
  const program = (name: string) => fileURLToPath(new URL(`./support/${name}.ts`, import.meta.url));
  const condition = '--conditions=@coatcheck/source';

  it('a path and a connection of bun:sqlite pass the contract in Bun', () => {
    const args = [condition, 'test', program('under-bun')];
    const { status, stderr } = spawnSync(bin('bun'), args, { encoding: 'utf8' });
    expect(stderr).toMatch(/^ 0 fail$/m);
    expect(stderr).toMatch(/^ 11\d pass$/m);
    expect(status).toBe(0);
  }, 300_000);

  it('a path passes the contract in Deno', () => {
    const args = ['test', '-A', '--no-lock', '--no-check', condition, program('under-deno')];
    const { status, stdout } = spawnSync(bin('deno'), args, {
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1' },
    });
    expect(stdout).toMatch(/^ok \| 1 passed \(6\d steps\) \| 0 failed/m);
    expect(status).toBe(0);
  }, 300_000);
});
