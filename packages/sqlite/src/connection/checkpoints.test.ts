import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, it } from 'vitest';
import { makeDirectory } from '../../test/support/directory.ts';
import type { ThreadEvents } from './checkpoint-thread.ts';
import { Checkpoints } from './checkpoints.ts';
import { readValue } from './connection.ts';

const directory = makeDirectory();
afterAll(() => directory.remove());

/** A new file with a table in its log. */
function opened() {
  const path = directory.path();
  const connection = new DatabaseSync(path);
  connection.exec('PRAGMA journal_mode = WAL; CREATE TABLE t (a)');
  const size = statSync(path).size;
  return { path, connection, isCopied: () => statSync(path).size > size };
}

/** Checkpoints of a file with a thread that does what the test says. */
function withThread() {
  const { path, connection, isCopied } = opened();
  let events: ThreadEvents | undefined;
  const calls: string[] = [];
  const checkpoints = new Checkpoints(connection, path, (file, those) => {
    calls.push(file === path ? 'start' : file);
    events = those;
    return { run: () => calls.push('run'), keepProcess: () => {}, end: () => calls.push('end') };
  });
  return {
    connection,
    isCopied,
    checkpoints,
    calls,
    done: (length: number) => events?.onDone(length),
    fail: () => events?.onEnd(),
    limit: () => readValue(connection, 'PRAGMA wal_autocheckpoint'),
  };
}

describe('a thread copies the log of a database into its file', () => {
  it('when about 1000 pages were written, and again after as many', () => {
    const { checkpoints, calls, done } = withThread();
    for (let write = 0; write < 499; write += 1) checkpoints.noteWrite(0);
    expect(calls).toEqual([]);
    checkpoints.noteWrite(0);
    expect(calls).toEqual(['start', 'run']);
    done(1000);
    for (let write = 0; write < 500; write += 1) checkpoints.noteWrite(0);
    expect(calls).toEqual(['start', 'run', 'run']);
  });

  it('after fewer writes of large sessions', () => {
    const { checkpoints, calls } = withThread();
    for (let write = 0; write < 63; write += 1) checkpoints.noteWrite(60_000);
    expect(calls).toEqual(['start', 'run']);
  });

  it('one checkpoint at a time', () => {
    const { checkpoints, calls, done } = withThread();
    for (let write = 0; write < 2000; write += 1) checkpoints.noteWrite(0);
    expect(calls).toEqual(['start', 'run']);
    done(1000);
    checkpoints.noteWrite(0);
    expect(calls).toEqual(['start', 'run', 'run']);
  });

  it('and the connection completes the checkpoint of a long log, so that the next write begins it anew', () => {
    const { checkpoints, isCopied, done } = withThread();
    checkpoints.noteWrite(5_000_000);
    done(3999);
    expect(isCopied()).toBe(false);
    checkpoints.noteWrite(5_000_000);
    done(4000);
    expect(isCopied()).toBe(true);
  });

  it('and SQLite within a commit only if the thread falls far behind', () => {
    const { checkpoints, limit, fail } = withThread();
    expect(limit()).toBe(1000);
    checkpoints.noteWrite(5_000_000);
    expect(limit()).toBe(16_000);
    fail();
    expect(limit()).toBe(1000);
  });

  it('until it ends by itself; then nothing waits for it and no other is started', async () => {
    const { checkpoints, calls, fail } = withThread();
    const deletion = checkpoints.noteDeletions(1000);
    fail();
    await deletion;
    checkpoints.noteWrite(5_000_000);
    expect(calls).toEqual(['start', 'run']);
  });

  it('and is let go when the store is closed, whatever it reports later', async () => {
    const { checkpoints, connection, calls, done, fail } = withThread();
    const deletion = checkpoints.noteDeletions(1000);
    checkpoints.end();
    connection.close();
    await deletion;
    done(5000);
    fail();
    expect(calls).toEqual(['start', 'run', 'end']);
  });
});

describe('deletions', () => {
  it('wait for a checkpoint under way, so that the log does not grow without end', async () => {
    const { checkpoints, done } = withThread();
    await checkpoints.noteDeletions(16);
    let isOver = false;
    const deletion = checkpoints.noteDeletions(1000).then(() => {
      isOver = true;
    });
    await new Promise(setImmediate);
    expect(isOver).toBe(false);
    done(1000);
    await deletion;
  });

  it('are copied 32 at a time by the connection where there is no thread', async () => {
    const { connection, isCopied } = opened();
    const checkpoints = new Checkpoints(connection, undefined);
    await checkpoints.noteDeletions(31);
    expect(isCopied()).toBe(false);
    await checkpoints.noteDeletions(1);
    expect(isCopied()).toBe(true);
  });
});
