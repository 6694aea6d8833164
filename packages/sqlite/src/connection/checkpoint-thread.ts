import { fstatSync, openSync, statSync } from 'node:fs';
import { isMainThread, Worker } from 'node:worker_threads';

/** A thread that copies the log of a database into its file. */
export interface CheckpointThread {
  /** Starts a checkpoint. */
  run(): void;
  /** Sets whether the thread keeps the process alive. At first it does not. */
  keepProcess(isKept: boolean): void;
  /** Lets the thread end. Waits for the checkpoint under way, so that the thread does not use the file afterwards. */
  end(): void;
}

/** What a thread reports. */
export interface ThreadEvents {
  /** A checkpoint is over. The log has so many pages, and all but the last few are in the file; 0 if it failed, as on a full disk. */
  readonly onDone: (length: number) => void;
  /** The thread has ended. */
  readonly onEnd: () => void;
}

/** From so many pages on, the thread also waits until the file is on the disk, so that the connection need not when it completes the checkpoint. */
export const PAGES_TO_RESTART = 4000;

/** States of the thread, in memory that both share. It opens the file only if it was idle, and never after its end. */
const IDLE = 0;
const COPIES = 1;
const ENDED = 2;

/** How long the end waits for a checkpoint, in milliseconds. */
const WAIT = 10_000;

/**
 * The thread's program. It is a string, because a bundler that makes one file of an app would not find a second one.
 *
 * SQLite syncs the file only in a checkpoint that reaches the end of the log, which it hardly ever does here, since the log is written to meanwhile. So the thread does.
 * A connection for each checkpoint, so that the last to close the database is the store, which then removes the log.
 */
const PROGRAM = `
const { parentPort, workerData } = require('node:worker_threads');
const { fdatasyncSync, fstatSync, statSync } = require('node:fs');
const { DatabaseSync } = require('node:sqlite');
const { path, descriptor, pagesToRestart, state } = workerData;
parentPort.on('message', () => {
  if (Atomics.compareExchange(state, 0, ${IDLE}, ${COPIES}) !== ${IDLE}) return parentPort.close();
  let database;
  let log = 0;
  try {
    if (statSync(path).ino !== fstatSync(descriptor).ino) throw new Error('The file was replaced.');
    database = new DatabaseSync(path);
    database.exec('PRAGMA synchronous = NORMAL');
    const checkpoint = database.prepare('PRAGMA wal_checkpoint(PASSIVE)');
    ({ log } = checkpoint.get());
    for (let i = 0; i < 2 && log >= pagesToRestart; i += 1) {
      fdatasyncSync(descriptor);
      log = checkpoint.get().log;
    }
  } catch {
    log = 0;
  } finally {
    database?.close();
    Atomics.compareExchange(state, 0, ${COPIES}, ${IDLE});
    Atomics.notify(state, 0);
  }
  parentPort.postMessage(log);
});
`;

/** The thread's heap, in megabytes. */
const HEAP = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 };

/** So many threads at a time: an app may have a store for each of a thousand customers. */
const MAX_THREADS = 4;
let threads = 0;

/** How a thread is started. */
export type StartThread = (path: string, events: ThreadEvents) => CheckpointThread | undefined;

/**
 * Starts the thread for a file. It does not keep the process alive. Returns undefined where none can be started.
 *
 * Not on Windows, where nobody has tried it, and not from a thread, whose end would close the descriptor.
 */
export function startThread(path: string, { onDone, onEnd }: ThreadEvents): CheckpointThread | undefined {
  const isOnNode = !('bun' in process.versions) && !('deno' in process.versions);
  if (!isOnNode || !isMainThread || process.platform === 'win32') return undefined;
  if (threads === MAX_THREADS) return undefined;
  const state = new Int32Array(new SharedArrayBuffer(4));
  try {
    const worker = new Worker(PROGRAM, {
      eval: true,
      name: 'coatcheck-checkpoint',
      // Without the options of the process and those of NODE_OPTIONS: its preloaded modules and the warning about node:sqlite belong to the main thread.
      execArgv: ['--no-warnings'],
      env: {},
      resourceLimits: HEAP,
      workerData: { path, descriptor: descriptorOf(path), pagesToRestart: PAGES_TO_RESTART, state },
    });
    worker.on('message', (length: unknown) => onDone(Number(length)));
    // It is followed by 'exit'.
    worker.on('error', () => {});
    threads += 1;
    worker.on('exit', () => {
      threads -= 1;
      onEnd();
    });
    // After the listeners, which refer to it again.
    worker.unref();
    return {
      run: () => worker.postMessage('run'),
      keepProcess: (isKept) => (isKept ? worker.ref() : worker.unref()),
      end: () => {
        if (Atomics.compareExchange(state, 0, IDLE, ENDED) === COPIES) {
          Atomics.wait(state, 0, COPIES, WAIT);
          Atomics.store(state, 0, ENDED);
        }
        worker.postMessage('end');
      },
    };
  } catch {
    return undefined;
  }
}

/**
 * Descriptors by file. They stay open until the process ends: closing any descriptor of a file releases all locks that the process has on it
 * (POSIX), and those are what tells other processes that SQLite still uses the log.
 */
const descriptors = new Map<string, number>();

function descriptorOf(path: string): number {
  const { dev, ino } = statSync(path, { bigint: true });
  const file = `${dev}:${ino}`;
  const present = descriptors.get(file);
  if (present !== undefined) return present;
  const descriptor = openSync(path, 'r');
  const opened = fstatSync(descriptor, { bigint: true });
  descriptors.set(`${opened.dev}:${opened.ino}`, descriptor);
  return descriptor;
}
