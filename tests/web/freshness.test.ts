import { describe, expect, it } from 'vitest';
import type { Health } from '../../web/src/stream/connection.ts';
import { freshnessOf } from '../../web/src/stream/freshness.ts';

const now = 1_000_000;
const health = (more: Partial<Health>): Health => ({ phase: 'open', heardAt: now - 1_000, brokenAt: 0, ...more });

describe('what the page claims about its age', () => {
  it.each<[string, Partial<Health>, boolean, string]>([
    ['open and heard a moment ago', {}, true, 'live'],
    ['open but silent for half a minute', { heardAt: now - 31_000 }, true, 'stale'],
    ['not heard yet', { phase: 'opening', heardAt: 0 }, true, 'connecting'],
    ['between two streams', { phase: 'opening' }, true, 'live'],
    ['opening without an answer', { phase: 'opening', heardAt: now - 40_000 }, true, 'stale'],
    ['broken just now', { phase: 'broken', brokenAt: now - 2_000 }, true, 'stale'],
    ['broken for long', { phase: 'broken', brokenAt: now - 31_000 }, true, 'offline'],
    ['hidden and resting', { phase: 'resting' }, true, 'stale'],
    ['without a network', {}, false, 'offline'],
  ])('%s', (_title, given, online, expected) => expect(freshnessOf(health(given), now, online)).toBe(expected));
});
