/** The tabs and windows of a job: the newest one that is still open is the one that it works in. */
import type { Browser, BrowserContext, CDPSession, Page } from 'playwright';
import { maxPages, newestOf } from '../host/protocol.ts';
import { pause, race, within } from './race.ts';

/** undefined when every one was closed. Those beyond the host's limit are about to be closed and are never it. */
export const newestPage = (work: BrowserContext): Page | undefined => newestOf(work.pages());

const askMs = 1_000;
const betweenMs = 20;
/** A tab whose server never answers is no tab yet. */
const longestMs = 5_000;

export type Tabs = {
  /**
   * Resolves when Playwright knows of every tab that the browser has opened so far. It tells of one only when its first answer has come, up to seconds after the click
   * that opened it; the browser itself knows at once. Asking costs 1 to 3 ms; never rejects, but for the signal's reason.
   */
  settled(signal: AbortSignal): Promise<void>;
};

export function createTabs(browser: Browser, work: BrowserContext): Tabs {
  let asking: Promise<Asking> | undefined;
  return {
    async settled(signal) {
      const session = (asking ??= startAsking(browser, work));
      const ends = Date.now() + longestMs;
      while (Date.now() < ends) {
        const opened = await race(within(askMs, session.then(countTabs)), signal);
        if (opened === undefined) asking = undefined;
        if (opened === undefined || opened <= Math.min(maxPages, work.pages().length)) return;
        await pause(betweenMs, signal);
      }
    },
  };
}

type Asking = { session: CDPSession; context: string };

async function startAsking(browser: Browser, work: BrowserContext): Promise<Asking> {
  const page = newestPage(work);
  if (!page) throw new Error('there is no page');
  const own = await work.newCDPSession(page);
  const { targetInfo } = await own.send('Target.getTargetInfo');
  void own.detach().catch(() => undefined);
  if (targetInfo.browserContextId === undefined) throw new Error('the page does not say which context it belongs to');
  return { session: await browser.newBrowserCDPSession(), context: targetInfo.browserContextId };
}

/** How many the browser has, as far as the host lets them live. */
async function countTabs({ session, context }: Asking): Promise<number> {
  const { targetInfos } = await session.send('Target.getTargets');
  return Math.min(maxPages, targetInfos.filter((target) => target.type === 'page' && target.browserContextId === context).length);
}
