/** What is checked without running the product. */
import { cpus } from 'node:os';
import { checkGenerated } from './generated.js';
import { ROOT } from './root.js';
import { run } from './run.js';
import { ensureBuild } from './setup/build.js';

/** @type {Record<string, () => Promise<unknown>>} */
const CHECKS = {
  types: () => tool('tsc', ['-p', 'tsconfig.json']),
  'types of the dashboard': () => tool('vue-tsc', ['-p', 'web/tsconfig.json', '--noEmit']),
  lint: () => tool('eslint', ['.', '--max-warnings=0']),
  format: () => tool('prettier', ['--check', '--log-level=warn', '.']),
  architecture: () =>
    tool('depcruise', ['--config', '.dependency-cruiser.cjs', 'src', 'web', 'temporal', 'bin', 'examples', 'tests', 'bench']),
  'unused code': () => tool('knip', []),
  'generated files': checkGenerated,
  'size of the dashboard': checkSize,
};

/** Of the dashboard as it is built now. */
async function checkSize() {
  await ensureBuild({ only: ['dashboard'] });
  await run(process.execPath, [`${ROOT}/bin/check-size.js`], { cwd: ROOT });
}

/**
 * @param {string} name of a program in node_modules/.bin
 * @param {string[]} args
 */
const tool = (name, args) =>
  run(`${ROOT}/node_modules/.bin/${name}`, args, {
    cwd: ROOT,
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' },
    lines: 200,
  });

/**
 * Runs all, a few at a time; prints a line for each, and what it said when it failed.
 * @param {string[]} [only] names; default: all
 * @returns {Promise<{ passed: number, failed: number }>}
 */
export async function runChecks(only = Object.keys(CHECKS)) {
  const unknown = only.filter((name) => !CHECKS[name]);
  if (unknown.length > 0) throw new Error(`no such check: ${unknown.join(', ')}; there are ${Object.keys(CHECKS).join(', ')}`);
  const waiting = [...only];
  let failed = 0;
  const runner = async () => {
    for (let name = waiting.shift(); name; name = waiting.shift()) if (!(await runCheck(name))) failed += 1;
  };
  await Promise.all(Array.from({ length: Math.min(cpus().length, 4) }, runner));
  return { passed: only.length - failed, failed };
}

/** @param {string} name */
async function runCheck(name) {
  const began = performance.now();
  const seconds = () => `${((performance.now() - began) / 1000).toFixed(1)} s`;
  try {
    await CHECKS[name]?.();
    console.log(`  ok      ${name.padEnd(24)} ${seconds()}`);
    return true;
  } catch (error) {
    const said = (error instanceof Error ? error.message : String(error)).split('\n');
    console.log(`  FAILED  ${name.padEnd(24)} ${seconds()}\n${said.map((line) => `          ${line}`).join('\n')}`);
    return false;
  }
}
