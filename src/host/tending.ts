/** Keeps a page from filling the machine: too many windows are closed, downloads that no step asked for are thrown away. */
import type { BrowserContext, Download, Page } from 'playwright';
import type { Log } from '../log.ts';

export const maxPages = 5;

/** Pages beyond the limit are closed as soon as they appear. */
export function tendPages(context: BrowserContext, log: Log): void {
  const gone = (what: string) => (error: unknown) => log.debug({ error: String(error) }, `${what} had gone`);
  context.on('page', (page: Page) => {
    if (context.pages().length > maxPages) return void page.close().catch(gone('surplus page'));
    page.on('download', (download) => void discard(download).catch(gone('download')));
  });
}

async function discard(download: Download): Promise<void> {
  await download.cancel();
  await download.delete();
}
