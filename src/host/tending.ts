/** Keeps a page from filling the machine: too many windows are closed. */
import type { BrowserContext, Page } from 'playwright';
import type { Log } from '../log.ts';
import { maxPages } from './protocol.ts';

/** Pages beyond the limit are closed as soon as they appear. */
export function tendPages(context: BrowserContext, log: Log): void {
  context.on('page', (page: Page) => {
    if (context.pages().length > maxPages)
      void page.close().catch((error: unknown) => log.debug({ error: String(error) }, 'surplus page had gone'));
  });
}
