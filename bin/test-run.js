import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './root.js';

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/**
 * Runs vitest and reads its own report. Whatever fails without being a test (a file that does not load, an error nobody caught, no test at
 * all) counts as one failure: a run is never green because nothing ran.
 * @param {string[]} args for vitest: files, `-t`, ...
 * @returns {Promise<Counts>}
 */
export async function runTests(args) {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-report-'));
  const report = join(folder, 'report.json');
  try {
    const code = await vitest([...args, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`]);
    return countsOf(read(report), code);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string[]} args
 * @returns {Promise<number>} exit code
 */
function vitest(args) {
  const child = spawn(process.execPath, [join(ROOT, 'node_modules', 'vitest', 'vitest.mjs'), 'run', ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  // it gets Ctrl-C from the terminal too, and ends its servers; we wait for it
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((resolve) => {
    child.once('error', () => resolve(1));
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

/** @typedef {{ numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number, testResults: { status: string, assertionResults: unknown[] }[] }} Report */

/**
 * @param {string} file
 * @returns {Report | null}
 */
function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

/**
 * @param {Report | null} report null: vitest did not come to its end
 * @param {number} exitCode of vitest
 * @returns {Counts}
 */
export function countsOf(report, exitCode) {
  if (!report) return { passed: 0, failed: 1, skipped: 0 };
  const brokenFiles = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  ).length;
  const failed = report.numFailedTests + brokenFiles;
  const nothingRan = report.numPassedTests + failed === 0;
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && (exitCode !== 0 || nothingRan) ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** @param {Counts} counts */
export const countsLine = ({ passed, failed, skipped }) => `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
