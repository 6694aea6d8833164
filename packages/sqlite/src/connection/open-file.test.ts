import { chmodSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeDirectory } from '../../test/support/directory.ts';
import { refusalOf } from '../../test/support/refusal.ts';
import { sqliteStore } from '../index.ts';

const directory = makeDirectory();
afterAll(() => directory.remove());

const RECORD = { version: 1, expiresAt: 1, body: 'x' };

describe('a path', () => {
  it('is created for its owner alone, with the files beside it', () => {
    const path = directory.path();
    const store = sqliteStore(path);
    store.compareAndSet('key', null, RECORD);
    const modes = [path, `${path}-wal`, `${path}-shm`].map((file) => statSync(file).mode & 0o777);
    expect(modes).toEqual([0o600, 0o600, 0o600]);
    store.close();
  });

  it('that is there keeps its mode', () => {
    const path = directory.path();
    writeFileSync(path, '');
    chmodSync(path, 0o640);
    sqliteStore(path).close();
    expect(statSync(path).mode & 0o777).toBe(0o640);
  });

  it('may be relative, and keeps what it holds', () => {
    const path = relative(process.cwd(), directory.path());
    const first = sqliteStore(path);
    first.compareAndSet('key', null, RECORD);
    first.close();
    const second = sqliteStore(path);
    expect(second.read('key')).toEqual(RECORD);
    second.close();
  });

  it('leaves no file but its own behind once it is closed, also twice', () => {
    const path = directory.path();
    const store = sqliteStore(path);
    store.compareAndSet('key', null, RECORD);
    store.close();
    store.close();
    expect([path, `${path}-wal`, `${path}-shm`].map((file) => existsSync(file))).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('may be :memory:, each a database of its own', () => {
    const one = sqliteStore(':memory:');
    one.compareAndSet('key', null, RECORD);
    expect(sqliteStore(':memory:').read('key')).toBeUndefined();
  });
});

describe('a path that cannot be opened', () => {
  it('in a directory that does not exist is refused with its name', () => {
    const missing = join(dirname(directory.path()), 'missing');
    const { code, message } = refusalOf(() => sqliteStore(join(missing, 'shop.db')));
    expect(code).toBe('ERR_CONFIG');
    expect(message).toContain(`in a directory that exists, and ${missing} does not`);
    expect(existsSync(missing)).toBe(false);
  });

  it('of a directory is refused', () => {
    const path = directory.path();
    mkdirSync(path);
    const { code, message } = refusalOf(() => sqliteStore(path));
    expect(code).toBe('ERR_CONFIG');
    expect(message).toContain('the path of a file');
  });

  it('below a file is refused', () => {
    const path = directory.path();
    writeFileSync(path, '');
    const { code, message } = refusalOf(() => sqliteStore(join(path, 'shop.db')));
    expect(code).toBe('ERR_CONFIG');
    expect(message).toContain('ENOTDIR');
  });

  it.each(['', 'file:shop.db', 'file:///tmp/shop.db?mode=ro'])('is no path: %j', (path) => {
    const { code, message } = refusalOf(() => sqliteStore(path));
    expect(code).toBe('ERR_CONFIG');
    expect(message).toContain("the path of a file, ':memory:' or a connection");
  });
});
