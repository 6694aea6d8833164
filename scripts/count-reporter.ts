import type { Reporter, SerializedError, TestModule } from 'vitest/node';

/**
 * Prints `N passed, N failed` alone on the last line of a test run, after every other report.
 *
 * A module that could not be loaded, an error outside any test, a skipped test and a run without a test each count as
 * failed, and a count of failures always ends in a non-zero exit code.
 */
export class CountReporter implements Reporter {
  #passed = 0;
  #failed = 0;

  onInit(): void {
    process.once('exit', () => {
      if (this.#passed + this.#failed === 0) this.#failed = 1;
      if (this.#failed > 0 && !process.exitCode) process.exitCode = 1;
      process.stdout.write(`\n${this.#passed} passed, ${this.#failed} failed\n`);
    });
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    this.#passed = 0;
    this.#failed = unhandledErrors.length;
    for (const module of modules) {
      this.#failed += module.errors().length;
      for (const suite of module.children.allSuites()) this.#failed += suite.errors().length;
      for (const test of module.children.allTests()) {
        if (test.result().state === 'passed') this.#passed += 1;
        else this.#failed += 1;
      }
    }
  }
}
