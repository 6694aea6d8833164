import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, it } from 'vitest';
import { makeDirectory } from '../../test/support/directory.ts';
import { refusalOf } from '../../test/support/refusal.ts';
import { FileWatch } from './file-watch.ts';

const directory = makeDirectory();
afterAll(() => directory.remove());

function watched() {
  const path = directory.path();
  const connection = new DatabaseSync(path);
  connection.exec('CREATE TABLE t (a)');
  let now = 0;
  const watch = new FileWatch(connection, () => now);
  return {
    path,
    watch,
    wait: (milliseconds: number) => {
      now += milliseconds;
    },
  };
}

describe('a SQLite file deleted under the app is noticed', () => {
  it('within a second, and again by every call', () => {
    const { path, watch, wait } = watched();
    rmSync(path);
    wait(999);
    watch.check();
    wait(1);
    for (let call = 0; call < 2; call += 1) {
      const { code, message } = refusalOf(() => watch.check());
      expect(code).toBe('ERR_STORE_UNAVAILABLE');
      expect(message).toContain(`'${path}' was deleted or replaced while it was open`);
      expect(message).toContain('restart the process');
    }
  });

  it('even if another file has replaced it', () => {
    const { path, watch, wait } = watched();
    renameSync(path, `${path}.old`);
    writeFileSync(path, '');
    wait(1000);
    expect(refusalOf(() => watch.check()).code).toBe('ERR_STORE_UNAVAILABLE');
  });

  it('even if the clock was set back', () => {
    const { path, watch, wait } = watched();
    rmSync(path);
    wait(-5000);
    expect(refusalOf(() => watch.check()).code).toBe('ERR_STORE_UNAVAILABLE');
  });

  it('and a file that is there, or a database in memory, is not', () => {
    const { watch, wait } = watched();
    wait(1000);
    watch.check();
    let now = 0;
    const inMemory = new FileWatch(new DatabaseSync(':memory:'), () => now);
    now = 1000;
    inMemory.check();
  });
});
