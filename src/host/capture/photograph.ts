/** One picture of a page, now. */
import type { Page } from 'playwright';
import type { Cover } from './cover.ts';
import type { PageSessions } from './page-sessions.ts';

type Taken = { at: number; url: string; title: string; jpeg: string };
type Means = { sessions: PageSessions; cover: Cover };

const limitMs = 1_500;
/** A page that shows a secret anew at every look has no picture. */
const attempts = 4;

/** Null: the page gave none in time, or something on it could not be covered. Never rejects. */
export async function photograph(page: Page, means: Means): Promise<Taken | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => (timer = setTimeout(() => resolve(null), limitMs)));
  try {
    return await Promise.race([take(page, means), late]);
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

async function take(page: Page, { sessions, cover }: Means): Promise<Taken | null> {
  const session = await sessions.of(page);
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    if ((await cover.scan(page)) === 'failed') continue;
    const mayBeShown = cover.witness(page);
    const at = Date.now();
    const [shot, title] = await Promise.all([
      session.send('Page.captureScreenshot', { format: 'jpeg', quality: 60 }).catch(() => null),
      // a page that navigates has none for a moment
      page.title().catch(() => ''),
    ]);
    const url = page.url();
    if (shot && (await mayBeShown())) return { at, url, title, jpeg: shot.data };
  }
  return null;
}
