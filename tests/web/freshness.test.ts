import { describe, expect, it } from 'vitest';
import type { Health } from '../../web/src/stream/connection.ts';
import { freshnessOf } from '../../web/src/stream/freshness.ts';

const now = 1_000_000;
const health = (more: Partial<Health>): Health => ({ phase: 'open', heardAt: now - 1_000, brokenAt: 0, ...more });

describe('what the page claims about its age', () => {
  it.each<{ title: string; given: Partial<Health>; online?: boolean; expected: string }>([
    { title: 'open and heard a moment ago', given: {}, expected: 'live' },
    { title: 'open but silent for half a minute', given: { heardAt: now - 31_000 }, expected: 'stale' },
    { title: 'not heard yet', given: { phase: 'opening', heardAt: 0 }, expected: 'connecting' },
    { title: 'between two streams', given: { phase: 'opening' }, expected: 'live' },
    { title: 'opening without an answer', given: { phase: 'opening', heardAt: now - 40_000 }, expected: 'stale' },
    { title: 'broken just now', given: { phase: 'broken', brokenAt: now - 2_000 }, expected: 'stale' },
    { title: 'broken for long', given: { phase: 'broken', brokenAt: now - 31_000 }, expected: 'offline' },
    { title: 'hidden and resting', given: { phase: 'resting' }, expected: 'stale' },
    { title: 'without a network', given: {}, online: false, expected: 'offline' },
  ])('$title', ({ given, online = true, expected }) => expect(freshnessOf(health(given), now, online)).toBe(expected));
});
