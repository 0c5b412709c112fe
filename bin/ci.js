/** What CI runs: set-up, checks, tests. The last line has the counts; a check that fails counts as one failure. */
import { runChecks } from './checks.js';
import { setUp } from './setup/set-up.js';
import { countsLine, runTests } from './test-run.js';

/** @type {import('./test-run.js').Counts} */
let counts = { passed: 0, failed: 1, skipped: 0 };
try {
  await setUp();
  console.log('Checks');
  const checks = await runChecks();
  const tests = await runTests(process.argv.slice(2));
  counts = { ...tests, failed: tests.failed + checks.failed };
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
}
console.log(countsLine(counts));
process.exitCode = counts.failed > 0 ? 1 : 0;
