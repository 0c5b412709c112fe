/** `npm test`: sets up what is missing, runs every test, and ends with the counts of the real result. */
import { setUp } from './setup/set-up.js';
import { countsLine, runTests } from './test-run.js';

try {
  await setUp();
  const counts = await runTests(process.argv.slice(2));
  console.log(countsLine(counts));
  process.exitCode = counts.failed > 0 ? 1 : 0;
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  console.log(countsLine({ passed: 0, failed: 1, skipped: 0 }));
  process.exitCode = 1;
}
