import { findChromium } from '../../bin/setup/chromium-executable.js';

/** Path of the Chromium that set-up found. @throws Error when there is none */
export function chromiumPath(): string {
  const found = findChromium();
  if (!found) throw new Error('no Chromium: run `npm test` once (it installs one), or set UNDERSTUDY_CHROMIUM');
  return found;
}

/** Whether Chromium's sandbox can be on: root cannot have it. */
export const chromiumSandbox = (): boolean => process.getuid?.() !== 0;
