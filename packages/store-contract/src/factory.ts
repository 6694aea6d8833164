import type { Awaitable, SessionStore } from '@coatcheck/core';

/** Registers clauses as tests: the `describe` and `it` of vitest, of node:test or of jest. */
export interface TestRunner {
  /** Groups the tests that `define` registers. */
  describe(name: string, define: () => void): unknown;
  /** Registers a test that fails where the promise of `run` rejects, or takes longer than `timeout` milliseconds where the runner has a limit. */
  it(name: string, run: () => Promise<void>, timeout: number): unknown;
}

/** Makes the stores that the clauses are tried on. */
export interface StoreFactory {
  /**
   * Opens an empty store. Each clause asks for its own, and calls `close()` on it at the end where the store has that method.
   *
   * All of them may live in one database, each under a prefix or in a table of its own.
   */
  createStore(): Awaitable<SessionStore>;

  /**
   * Opens an empty store that shares the database with `store`, under another prefix or in another table. Choose the
   * prefix that is likeliest to be taken for the other one: `shop:` beside `shop:eu:`, or `shop_1` where `_` is a wildcard.
   */
  createNeighbour(store: SessionStore): Awaitable<SessionStore>;

  /**
   * Opens a store whose database cannot answer: stopped, unreachable, closed or damaged.
   *
   * Leave it out only where nothing can fail because every record is in the memory of this process. A clause then holds
   * the store to that: it must answer with plain values.
   */
  createBrokenStore?(): Awaitable<SessionStore>;

  /** Says how another process opens the same store as `store`. Leave it out only where no other process can reach the records. */
  openElsewhere?(store: SessionStore): Awaitable<StoreElsewhere>;
}

/** Tells another process how to open a store that this process has open. */
export interface StoreElsewhere {
  /** The file of a module that exports `openStore(argument: string)`, which returns the store or a promise of it. */
  readonly module: URL;
  /** What `openStore` is called with: a path, an address, a prefix. */
  readonly argument: string;
  /** Options of the runtime in the other process, as in `child_process.fork`; none by default. */
  readonly execArgv?: readonly string[];
}
