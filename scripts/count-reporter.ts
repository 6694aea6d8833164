import type { Reporter, SerializedError, TestModule } from 'vitest/node';

/**
 * Prints `N passed, N failed` alone on the last line of a test run, after every other report.
 *
 * A module that could not be loaded, an error outside any test, a skipped test, a run without a test and a run that fails
 * for another reason (coverage) each count as failed. A count with failures always ends in a non-zero exit code.
 */
export class CountReporter implements Reporter {
  #passed = 0;
  #failed = 0;

  onInit(): void {
    process.once('exit', (code) => {
      if (this.#failed === 0 && (this.#passed === 0 || code !== 0)) this.#failed = 1;
      if (this.#failed > 0 && code === 0) process.exitCode = 1;
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
