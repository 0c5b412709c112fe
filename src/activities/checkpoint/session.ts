/** The sessionStorage of the page's frames. `readSession` and `seedSession` run in the page. */
import type { Disposable, Page } from 'playwright';
import type { FrameState } from './checkpoint.ts';

const longest = 12_000_000;

export function readSession(): [string, string][] {
  try {
    return Object.entries(sessionStorage) as [string, string][];
  } catch {
    // a frame in a sandbox has none
    return [];
  }
}

/**
 * From now on, documents of these origins find their sessionStorage, unless they have one already. Dispose it as soon as the page is there: a page that empties its
 * storage later, as when logging out, must find it empty.
 */
export function seedSessions(page: Page, frames: readonly FrameState[]): Promise<Disposable> {
  const sessions: Record<string, [string, string][]> = {};
  for (const { url, session } of frames) {
    const origin = URL.canParse(url) ? new URL(url).origin : 'null';
    if (origin !== 'null' && session.length > 0 && JSON.stringify(session).length <= longest) sessions[origin] = session;
  }
  return page.addInitScript(seedSession, sessions);
}

function seedSession(sessions: Record<string, [string, string][]>): void {
  try {
    if (sessionStorage.length > 0) return;
    for (const [name, value] of sessions[location.origin] ?? []) sessionStorage.setItem(name, value);
  } catch {
    // a frame in a sandbox has none
  }
}
