import type { Reporter, TestModule } from 'vitest/node';

/** Ends a run with `4108 passed, 0 failed` on a line of its own, without colours: whatever counts tests in a log finds it. */
export default class Tally implements Reporter {
  readonly #log = { passed: 0, failed: 0, skipped: 0 };

  onTestRunEnd(modules: readonly TestModule[]): void {
    for (const module of modules) {
      // A file that cannot even be loaded has no tests to fail.
      if (module.state() === 'failed' && module.errors().length > 0) this.#log.failed += 1;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state !== 'pending') this.#log[state] += 1;
      }
    }
    const { passed, failed, skipped } = this.#log;
    const left = skipped > 0 ? `, ${skipped} skipped` : '';
    process.stdout.write(`\n${passed} passed, ${failed} failed${left}\n`);
  }
}
