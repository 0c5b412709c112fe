/** Getting a Chromium. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../root.js';
import { run } from '../run.js';
import { onPath } from '../search-path.js';
import { isRoot } from '../unprivileged.js';
import { findChromium } from './chromium-executable.js';
import { note } from './steps.js';

const PLAYWRIGHT_HOST = 'https://cdn.playwright.dev';

/**
 * @returns {Promise<{ executable: string, said: string }>}
 * @throws {Error} with remedies
 */
export async function ensureChromium() {
  const found = findChromium();
  if (found) return { executable: found, said: found };
  /** @type {string[]} */
  const failures = [];
  for (const way of [playwrightInstall, aptInstall]) {
    await way().catch((error) => void failures.push((error instanceof Error ? error.message : String(error)).split('\n', 1).join()));
    const made = findChromium();
    if (made && (await runs(made, failures))) return { executable: made, said: `${made} (new)` };
  }
  throw new Error(noWay(failures));
}

/** @param {string[]} failures */
const noWay = (failures) =>
  [
    'There is no Chromium, and none could be installed:',
    ...failures.map((failure) => `  - ${failure}`),
    'Any one of these helps:',
    '  - set UNDERSTUDY_CHROMIUM to the path of a Chromium or Chrome',
    '  - on Debian and Ubuntu, as root: apt-get install chromium-headless-shell (or chromium)',
    '  - npx playwright install --with-deps --only-shell chromium',
  ].join('\n');

/**
 * Something that is there may still lack libraries.
 * @param {string} executable
 * @param {string[]} failures
 */
async function runs(executable, failures) {
  try {
    await run(executable, ['--version', '--no-sandbox'], { timeoutMs: 30_000 });
    return true;
  } catch (error) {
    failures.push(`${executable} does not run: ${error instanceof Error ? (error.message.split('\n')[1] ?? '') : ''}`);
    return false;
  }
}

async function playwrightInstall() {
  // asked first, because the installer tries for minutes where it is not reachable
  await fetch(PLAYWRIGHT_HOST, { method: 'HEAD', signal: AbortSignal.timeout(4000) }).catch(() => {
    throw new Error(`${PLAYWRIGHT_HOST} cannot be reached`);
  });
  note("downloading Playwright's Chromium");
  const cli = join(ROOT, 'node_modules', 'playwright', 'cli.js');
  if (!existsSync(cli)) throw new Error('the package playwright is not installed');
  await run(process.execPath, [cli, 'install', '--only-shell', 'chromium'], { cwd: ROOT, timeoutMs: 240_000 });
}

async function aptInstall() {
  if (!onPath('apt-get')) throw new Error('there is no apt-get');
  if (!isRoot()) throw new Error('apt-get needs root');
  note('installing chromium-headless-shell and ffmpeg (apt-get)');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update'], { env });
  await run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium-headless-shell'], { env });
  // without it there is everything but videos
  await run('apt-get', ['install', '-y', '--no-install-recommends', 'ffmpeg'], { env }).catch(() =>
    note('ffmpeg could not be installed: no videos'),
  );
}
