import type { CDPSession, Page } from 'playwright';
import { within } from './race.ts';

/** Together less than what a step gets beyond its limit. */
const briefMs = 100;
const answerMs = 350;

const sessions = new WeakMap<Page, Promise<CDPSession>>();

/** Must come before the script: a page that is busy lets nobody in any more. Nothing waits for it. */
export function prepareCutOff(page: Page): void {
  if (sessions.has(page)) return;
  const session = page.context().newCDPSession(page);
  sessions.set(page, session);
  session.catch(() => sessions.delete(page));
}

/** Ends the script that keeps a page busy. @returns whether the page answers again */
export async function cutOff(page: Page): Promise<boolean> {
  if (await answers(page, briefMs)) return true;
  const stopping = sessions.get(page)?.then((session) => session.send('Runtime.terminateExecution'));
  if (stopping) await within(answerMs, stopping);
  return answers(page, answerMs);
}

const answers = async (page: Page, ms: number): Promise<boolean> =>
  (await within(
    ms,
    page.evaluate(() => true),
  )) ?? false;
