/** Registers clauses as tests: the `describe` and `it` of vitest, of node:test or of jest. */
export interface TestRunner {
  /** Groups the tests that `define` registers. */
  describe(name: string, define: () => void): unknown;
  /** Registers a test that fails if `run` rejects. */
  it(name: string, run: () => Promise<void>): unknown;
}
