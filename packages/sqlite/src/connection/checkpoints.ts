import {
  type CheckpointThread,
  PAGES_TO_RESTART,
  type StartThread,
  startThread,
} from './checkpoint-thread.ts';
import { prepare, type SqliteConnection, type SqliteStatement } from './connection.ts';

/** After so many pages a checkpoint is due. SQLite's own default. */
const PAGES_BETWEEN = 1000;
/** While there is a thread, SQLite copies the log within a commit only if it has become that long. */
const PAGES_BEHIND = 16_000;
const PAGE = 4096;
/** An update writes the page of its row; a new row and a deleted one also those of two indexes. */
const PAGES_OF_A_WRITE = 2;
/** Without a thread, so many deletions are one checkpoint: about 100 pages, so that it blocks the event loop only shortly. */
const DELETIONS_BETWEEN = 32;

/**
 * Copies the write-ahead log of a database into its file. SQLite does so every 1000 pages within a commit, where the event loop stops until the disk has everything.
 * For a file of the store's own, a thread does it.
 */
export class Checkpoints {
  readonly #connection: SqliteConnection;
  readonly #statement: SqliteStatement;
  readonly #start: StartThread;
  #path: string | undefined;
  #thread: CheckpointThread | undefined;
  #running: PromiseWithResolvers<void> | undefined;
  /** About how many pages were written since the last checkpoint began. */
  #pages = 0;
  #deletions = 0;

  /** Takes the path of a file that a thread may open; undefined if SQLite is to copy the log by itself. */
  constructor(connection: SqliteConnection, path: string | undefined, start: StartThread = startThread) {
    this.#connection = connection;
    this.#statement = prepare(connection, 'PRAGMA main.wal_checkpoint(PASSIVE)');
    this.#path = path;
    this.#start = start;
  }

  /** Notes a write with a body of this length, and starts a checkpoint if one is due. */
  noteWrite(length: number): void {
    if (this.#path !== undefined) this.#note(this.#path, PAGES_OF_A_WRITE + length / PAGE);
  }

  /** Notes deletions, and resolves when so many more may follow that the log does not grow faster than it is copied. */
  async noteDeletions(count: number): Promise<void> {
    if (this.#path !== undefined) {
      this.#note(this.#path, count * PAGES_OF_A_WRITE);
      return this.#untilCopied();
    }
    this.#deletions += count;
    if (this.#deletions < DELETIONS_BETWEEN) return;
    this.#deletions = 0;
    this.#copy();
  }

  /** Lets the thread end, after the checkpoint under way. Nothing may be noted afterwards. */
  end(): void {
    this.#thread?.end();
    this.#forgetThread();
  }

  /** Waits for the checkpoint under way. The process may have nothing else to do, and must not end meanwhile. */
  async #untilCopied(): Promise<void> {
    if (this.#running === undefined) return;
    this.#thread?.keepProcess(true);
    await this.#running.promise;
  }

  #note(path: string, pages: number): void {
    this.#pages += pages;
    if (this.#pages < PAGES_BETWEEN || this.#running !== undefined) return;
    this.#pages = 0;
    this.#thread ??= this.#startThread(path);
    if (this.#thread === undefined) {
      this.#forgetThread();
      return;
    }
    this.#running = Promise.withResolvers();
    this.#thread.run();
  }

  #startThread(path: string): CheckpointThread | undefined {
    const thread = this.#start(path, {
      onDone: (length) => this.#finish(length),
      onEnd: () => this.#fallBack(),
    });
    if (thread !== undefined) this.#setLimit(PAGES_BEHIND);
    return thread;
  }

  /** Completes a checkpoint of the thread: what was written meanwhile is little, and only from a log that is copied to its end does the next write begin anew. */
  #finish(length: number): void {
    if (this.#thread === undefined) return;
    this.#thread.keepProcess(false);
    if (length >= PAGES_TO_RESTART) this.#copy();
    this.#running?.resolve();
    this.#running = undefined;
  }

  /** Leaves the copying to SQLite. */
  #fallBack(): void {
    if (this.#thread === undefined) return;
    this.#forgetThread();
    this.#setLimit(PAGES_BETWEEN);
  }

  #setLimit(pages: number): void {
    this.#connection.exec(`PRAGMA main.wal_autocheckpoint = ${pages}`);
  }

  #forgetThread(): void {
    this.#path = undefined;
    this.#thread = undefined;
    this.#running?.resolve();
    this.#running = undefined;
  }

  #copy(): void {
    try {
      this.#statement.get();
    } catch {
      // Ignored: the log stays, and SQLite copies it within a commit when it has grown.
    }
  }
}
