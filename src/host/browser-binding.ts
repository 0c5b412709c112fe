/** `browser.bind()` is young: what we rely on of it is all here. */
import type { Browser } from 'playwright';

/**
 * Lets workers attach with `chromium.connect(endpoint)`; their `browser.close()` only disconnects. The Unix socket is the owner's alone.
 * Playwright also writes a descriptor into its cache folder, which a killed host leaves behind (leftovers.ts removes it).
 */
export async function bindBrowser(browser: Browser, title: string): Promise<string> {
  const { endpoint } = await browser.bind(title, {});
  return endpoint;
}
