/** The host's own way to each page of a job, opened as soon as there is the page: on a page that is busy none can be opened any more. */
import type { BrowserContext, CDPSession, Frame, Page } from 'playwright';

export type PageSessions = {
  /** @throws Error when the page has gone */
  of(page: Page): Promise<CDPSession>;
  /** of the frames that live in a process of their own; none in most pages */
  ofOtherProcesses(page: Page): Promise<CDPSession[]>;
};

export function openPageSessions(context: BrowserContext): PageSessions {
  const sessions = new WeakMap<Page, Promise<CDPSession>>();
  const others = new WeakMap<Frame, Promise<CDPSession | null>>();
  const of = (page: Page): Promise<CDPSession> => {
    const known = sessions.get(page);
    if (known) return known;
    const opening = context.newCDPSession(page);
    sessions.set(page, opening);
    opening.catch(() => sessions.delete(page));
    return opening;
  };
  const ofFrame = (frame: Frame): Promise<CDPSession | null> => {
    const known = others.get(frame) ?? context.newCDPSession(frame).catch(withPage);
    others.set(frame, known);
    // the process may have gone, and the frame be in another one
    known.catch(() => others.delete(frame));
    return known;
  };
  const tend = (page: Page): void => {
    // with its document a frame may change its process
    page.on('framenavigated', (frame) => others.delete(frame));
    void of(page).catch(() => undefined);
  };
  context.on('page', tend);
  context.pages().forEach(tend);
  return {
    of,
    async ofOtherProcesses(page) {
      const found = await Promise.all(page.frames().slice(1).map(ofFrame));
      return found.filter((session) => session !== null);
    },
  };
}

/** What Playwright says of a frame that the page's own session reaches, or that has gone; of anything else nobody knows. */
function withPage(error: unknown): null {
  if (/does not have a separate CDP session|closed|detached/i.test(String(error))) return null;
  throw error;
}
