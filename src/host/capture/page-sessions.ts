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
    const known = sessions.get(page) ?? context.newCDPSession(page);
    known.catch(() => undefined);
    sessions.set(page, known);
    return known;
  };
  const ofFrame = (frame: Frame): Promise<CDPSession | null> => {
    const known = others.get(frame) ?? context.newCDPSession(frame).catch(() => null);
    others.set(frame, known);
    return known;
  };
  context.on('page', (page) => void of(page).catch(() => undefined));
  for (const page of context.pages()) void of(page).catch(() => undefined);
  return {
    of,
    async ofOtherProcesses(page) {
      const found = await Promise.all(page.frames().slice(1, 30).map(ofFrame));
      return found.filter((session) => session !== null);
    },
  };
}
