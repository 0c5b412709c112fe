import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isExecutable, onPath } from '../search-path.js';

/** In this order: the headless shell needs half the memory and is 40 % faster than a whole Chromium. */
const NAMES = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/**
 * @returns {string | null} path of a Chromium that is there already
 * @throws {Error} when UNDERSTUDY_CHROMIUM names something that is not a program
 */
export function findChromium() {
  const named = process.env.UNDERSTUDY_CHROMIUM;
  if (named) {
    if (!isExecutable(named)) throw new Error(`UNDERSTUDY_CHROMIUM: ${named} is not a program that can be run`);
    return named;
  }
  for (const name of NAMES) {
    const found = onPath(name) ?? (isExecutable(`/usr/bin/${name}`) ? `/usr/bin/${name}` : null);
    if (found) return found;
  }
  return playwrightChromium();
}

/** @returns {string | null} what Playwright's own installer left, the newest */
function playwrightChromium() {
  const registry = process.env.PLAYWRIGHT_BROWSERS_PATH || join(homedir(), '.cache', 'ms-playwright');
  if (!existsSync(registry)) return null;
  const folders = readdirSync(registry).sort((a, b) => revision(b) - revision(a));
  const programs = folders.flatMap((folder) =>
    [
      'chrome-linux/headless_shell',
      'chrome-headless-shell-linux64/chrome-headless-shell',
      'chrome-linux/chrome',
      'chrome-linux64/chrome',
    ].map((program) => join(registry, folder, program)),
  );
  return programs.find(isExecutable) ?? null;
}

/** @param {string} folder such as `chromium_headless_shell-1208` */
const revision = (folder) => Number(folder.split('-').at(-1)) || 0;
