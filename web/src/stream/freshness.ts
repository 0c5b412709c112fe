import type { Health } from './connection.ts';

/** What the page may claim about its age. `connecting` is said only before the first news. */
export type Freshness = 'connecting' | 'live' | 'stale' | 'offline';

/** Without a word for so long an open connection is doubted: it may hang behind a proxy or a sleeping machine. */
export const doubtAfter = 30_000;
/** A broken connection is called offline after so long. */
export const offlineAfter = 30_000;

export function freshnessOf(health: Health, now: number, online: boolean): Freshness {
  if (!online) return 'offline';
  if (health.phase === 'broken') return now - health.brokenAt > offlineAfter ? 'offline' : 'stale';
  if (health.phase === 'resting') return 'stale';
  if (health.heardAt === 0) return 'connecting';
  // Between two streams (another page was opened) the news of a moment ago still hold.
  return now - health.heardAt > doubtAfter ? 'stale' : 'live';
}
