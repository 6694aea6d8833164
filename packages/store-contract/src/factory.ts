import type { Awaitable, SessionStore } from '@coatcheck/core';

/** Registers clauses as tests: the `describe` and `it` of vitest, of node:test or of jest. */
export interface TestRunner {
  /** Groups the tests that `define` registers. */
  describe(name: string, define: () => void): unknown;
  /** Registers a test that fails if `run` rejects, or if it takes longer than `timeout` milliseconds and the runner has time limits. */
  it(name: string, run: () => Promise<void>, timeout: number): unknown;
}

/** Creates the stores that the clauses test. */
export interface StoreFactory {
  /**
   * Opens an empty store. Each clause asks for its own, and calls `close()` on it at the end if the store has that method.
   *
   * All of them may share one database, each with its own prefix or table.
   */
  createStore(): Awaitable<SessionStore>;

  /**
   * Opens an empty store that shares the database with `store`, with another prefix or table. Choose the name
   * that is most easily confused with the other one: `shop:eu:` next to `shop:`, or `shop_1` if `_` is a wildcard.
   */
  createNeighbour(store: SessionStore): Awaitable<SessionStore>;

  /**
   * Opens a store whose database cannot respond: stopped, unreachable, closed or damaged.
   *
   * Leave it out only if nothing can fail because every record is in this process's memory. A clause then requires
   * that the store returns plain values.
   */
  createBrokenStore?(): Awaitable<SessionStore>;

  /** Says how another process opens the same store as `store`. Leave it out only if no other process can reach the records. */
  openElsewhere?(store: SessionStore): Awaitable<StoreElsewhere>;
}

/** Tells another process how to open a store that is open in this process. */
export interface StoreElsewhere {
  /** The file of a module that exports `openStore(argument: string)`, which returns the store or a promise of it. */
  readonly module: URL;
  /** The argument for `openStore`: a path, an address, a prefix. */
  readonly argument: string;
  /** Runtime options of the other process, as for `child_process.fork`. Default: none. */
  readonly execArgv?: readonly string[];
}
