import { isLocked } from '../errors.ts';
import type { CheckedOptions } from '../options.ts';
import { readValue, type SqliteConnection } from './connection.ts';

const DEFAULT_TIMEOUT = 1000;

/** Sets how long the connection waits for a lock, and returns that time in milliseconds. A passed connection keeps its own time unless that is 0. */
export function setBusyTimeout(
  connection: SqliteConnection,
  { busyTimeout }: CheckedOptions,
  isOwn: boolean,
): number {
  const present = Number(readValue(connection, 'PRAGMA busy_timeout'));
  const wanted = busyTimeout ?? (isOwn || present === 0 ? DEFAULT_TIMEOUT : present);
  if (wanted !== present) connection.exec(`PRAGMA busy_timeout = ${wanted}`);
  return wanted;
}

/**
 * Switches the file to a write-ahead log, so that readers and the writer do not wait for each other, and sets `synchronous`.
 *
 * Never makes the writes of a passed connection less durable than its owner had configured, unless an option says so.
 */
export function setJournal(
  connection: SqliteConnection,
  { synchronous }: CheckedOptions,
  isOwn: boolean,
  busyTimeout: number,
): void {
  const before = readSynchronous(connection);
  useWriteAheadLog(connection, busyTimeout);
  const wanted = synchronous ?? (isOwn ? 'normal' : undefined);
  if (wanted !== undefined) connection.exec(`PRAGMA main.synchronous = ${wanted}`);
  // better-sqlite3 lowers this by itself when the log becomes write-ahead.
  else if (readSynchronous(connection) !== before) connection.exec(`PRAGMA main.synchronous = ${before}`);
}

function readSynchronous(connection: SqliteConnection): number {
  return Number(readValue(connection, 'PRAGMA main.synchronous'));
}

/**
 * Switches to a write-ahead log. If two connections do so at the same time, SQLite fails one of them at once, whatever its busy timeout,
 * because each may hold the lock that the other needs. So the waiting is done here.
 */
function useWriteAheadLog(connection: SqliteConnection, busyTimeout: number): void {
  const until = performance.now() + busyTimeout;
  while (true) {
    try {
      if (readValue(connection, 'PRAGMA main.journal_mode') === 'wal') return;
      readValue(connection, 'PRAGMA main.journal_mode = WAL');
      return;
    } catch (error) {
      if (!isLocked(error) || performance.now() >= until) throw error;
      pause(1 + Math.random() * 9);
    }
  }
}

function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
