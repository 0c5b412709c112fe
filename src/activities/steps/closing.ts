import type { Page } from 'playwright';

/** A tab that closes itself because of what was done in it has taken it: only when no other tab is left it is an error. */
export const unlessClosed = (page: Page, work: Promise<void>): Promise<void> =>
  work.catch((error: unknown) => {
    if (!page.isClosed() || page.context().pages().length === 0) throw error;
  });
