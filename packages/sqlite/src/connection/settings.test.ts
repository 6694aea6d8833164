import { DatabaseSync } from 'node:sqlite';
import Database from 'better-sqlite3';
import { afterAll, describe, expect, it } from 'vitest';
import { makeDirectory } from '../../test/support/directory.ts';
import { checkOptions, type SqliteStoreOptions } from '../options.ts';
import { readValue, type SqliteConnection } from './connection.ts';
import { openFile } from './open-file.ts';
import { setBusyTimeout, setJournal } from './settings.ts';

const directory = makeDirectory();
afterAll(() => directory.remove());

const NORMAL = 1;
const FULL = 2;

describe('the connection of a path', () => {
  it('has a write-ahead log, waits 1 s for a lock, and has synchronous = NORMAL', () => {
    expect(settingsOf(openFile(directory.path()), {}, true)).toEqual({
      journal: 'wal',
      timeout: 1000,
      synchronous: NORMAL,
    });
  });

  it('has the settings of the options', () => {
    const options = { synchronous: 'full', busyTimeout: 250 } as const;
    expect(settingsOf(openFile(directory.path()), options, true)).toEqual({
      journal: 'wal',
      timeout: 250,
      synchronous: FULL,
    });
    expect(settingsOf(openFile(directory.path()), { busyTimeout: 0 }, true)).toMatchObject({ timeout: 0 });
  });
});

describe('a passed connection', () => {
  it('gets a write-ahead log, and keeps the durability of its writes', () => {
    const node = new DatabaseSync(directory.path());
    expect(settingsOf(node, {}, false)).toMatchObject({ journal: 'wal', synchronous: FULL });
    // This driver lowers it by itself when the log becomes write-ahead.
    const better = new Database(directory.path());
    expect(settingsOf(better, {}, false)).toMatchObject({ journal: 'wal', synchronous: FULL });
  });

  it('keeps the settings of its owner', () => {
    const connection = new Database(directory.path(), { timeout: 123 });
    connection.pragma('journal_mode = WAL');
    connection.pragma('synchronous = NORMAL');
    expect(settingsOf(connection, {}, false)).toEqual({ journal: 'wal', timeout: 123, synchronous: NORMAL });
  });

  it('waits 1 s for a lock if its owner set no time', () => {
    expect(settingsOf(new DatabaseSync(directory.path()), {}, false)).toMatchObject({ timeout: 1000 });
  });

  it('has the settings of the options', () => {
    const connection = new DatabaseSync(directory.path());
    const options = { synchronous: 'normal', busyTimeout: 250 } as const;
    expect(settingsOf(connection, options, false)).toEqual({
      journal: 'wal',
      timeout: 250,
      synchronous: NORMAL,
    });
  });

  it('leaves other attached databases unchanged', () => {
    const connection = new DatabaseSync(directory.path());
    connection.prepare('ATTACH ? AS other').run(directory.path());
    settingsOf(connection, {}, false);
    expect(readValue(connection, 'PRAGMA other.journal_mode')).toBe('delete');
  });
});

function settingsOf(connection: SqliteConnection, options: SqliteStoreOptions, isOwn: boolean): object {
  const checked = checkOptions(options);
  setJournal(connection, checked, isOwn, setBusyTimeout(connection, checked, isOwn));
  return {
    journal: readValue(connection, 'PRAGMA main.journal_mode'),
    timeout: readValue(connection, 'PRAGMA busy_timeout'),
    synchronous: readValue(connection, 'PRAGMA main.synchronous'),
  };
}
