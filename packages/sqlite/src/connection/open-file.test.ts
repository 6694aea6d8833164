import { chmodSync, existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { makeDirectory } from '../../test/support/directory.ts';
import { refusalOf } from '../../test/support/refusal.ts';
import { sqliteStore } from '../index.ts';

const directory = makeDirectory();
afterAll(() => directory.remove());

const RECORD = { version: 1, expiresAt: 1, body: 'x' };

describe('a path', () => {
  it('is created with mode 0600, like the files next to it', () => {
    const path = directory.path();
    const store = sqliteStore(path);
    store.compareAndSet('key', null, RECORD);
    const modes = [path, `${path}-wal`, `${path}-shm`].map((file) => statSync(file).mode & 0o777);
    expect(modes).toEqual([0o600, 0o600, 0o600]);
    store.close();
  });

  it('keeps the mode of an existing file', () => {
    const path = directory.path();
    writeFileSync(path, '');
    chmodSync(path, 0o640);
    sqliteStore(path).close();
    expect(statSync(path).mode & 0o777).toBe(0o640);
  });

  it('may be relative, and keeps its records', () => {
    const path = relative(process.cwd(), directory.path());
    const first = sqliteStore(path);
    first.compareAndSet('key', null, RECORD);
    first.close();
    const second = sqliteStore(path);
    expect(second.read('key')).toEqual(RECORD);
    second.close();
  });

  it('leaves only the database file behind when closed, even if closed twice', () => {
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

  it('may be :memory:, which opens a separate database each time', () => {
    const one = sqliteStore(':memory:');
    one.compareAndSet('key', null, RECORD);
    expect(sqliteStore(':memory:').read('key')).toBeUndefined();
  });
});

describe('a path that cannot be opened', () => {
  it('is rejected if the directory does not exist, and the error names the directory', () => {
    const missing = join(dirname(directory.path()), 'missing');
    const { code, message } = refusalOf(() => sqliteStore(join(missing, 'shop.db')));
    expect(code).toBe('ERR_CONFIG');
    expect(message).toContain(`Create the directory ${missing} first.`);
    expect(existsSync(missing)).toBe(false);
  });

  it('is rejected if it is a dangling symbolic link, and the message says so', () => {
    const path = directory.path();
    symlinkSync(`${path}.missing`, path);
    const { code, message } = refusalOf(() => sqliteStore(path));
    expect(code).toBe('ERR_CONFIG');
    expect(message).toContain('not of a symbolic link to a missing file');
    expect(existsSync(`${path}.missing`)).toBe(false);
  });

  it('is rejected without node:sqlite, and the message says which Node.js has it', () => {
    const spy = vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined);
    const { code, message } = refusalOf(() => sqliteStore(':memory:'));
    spy.mockRestore();
    expect(code).toBe('ERR_CONFIG');
    expect(message).toContain(`has from 22.13; this is ${process.version}`);
  });

  it('is rejected if it is a directory', () => {
    const path = directory.path();
    mkdirSync(path);
    const { code, message } = refusalOf(() => sqliteStore(path));
    expect(code).toBe('ERR_CONFIG');
    expect(message).toContain('the path of a file');
  });

  it('is rejected if it is below a file', () => {
    const path = directory.path();
    writeFileSync(path, '');
    const { code, message } = refusalOf(() => sqliteStore(join(path, 'shop.db')));
    expect(code).toBe('ERR_CONFIG');
    expect(message).toContain('ENOTDIR');
  });

  it.each(['', 'file:shop.db', 'file:///tmp/shop.db?mode=ro'])(
    'is rejected if it is not a file path: %j',
    (path) => {
      const { code, message } = refusalOf(() => sqliteStore(path));
      expect(code).toBe('ERR_CONFIG');
      expect(message).toContain("the path of a file, ':memory:' or a connection");
    },
  );
});
