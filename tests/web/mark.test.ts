import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { effectScope, type EffectScope } from 'vue';
import type { Doing } from '../../src/contract/evidence.ts';
import { useMark } from '../../web/src/composables/use-mark.ts';

const act = (stepId: string): Doing => ({
  ...{ stepId, phase: 'acting', attempt: 1, retries: 0, at: 1, mark: { x: 0.1, y: 0.1, width: 0.1, height: 0.1 } },
});
let scope: EffectScope;
let mark: ReturnType<typeof useMark>;

describe('the mark of an act', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    scope = effectScope();
    mark = scope.run(() => useMark()) as ReturnType<typeof useMark>;
  });
  afterEach(() => {
    scope.stop();
    vi.useRealTimers();
  });

  it('stays a little longer than the act, so that it can be seen', () => {
    mark.hear(act('pay'), '/pay');
    mark.hear(null, '/pay');
    vi.advanceTimersByTime(1_000);
    expect(mark.marked.value?.stepId).toBe('pay');
    vi.advanceTimersByTime(300);
    expect(mark.marked.value).toBeUndefined();
  });
  it('goes when another page has come, also while the act goes on', () => {
    for (const page of ['/pay', '/pay']) mark.hear(act('pay'), page);
    expect(mark.marked.value).toEqual(act('pay'));
    for (const page of ['/done', '/done']) mark.hear(act('pay'), page);
    expect(mark.marked.value).toBeUndefined();
  });
  it('is that of the newest act', () => {
    mark.hear(act('type'), '/pay');
    mark.hear(act('pay'), '/pay');
    expect(mark.marked.value?.stepId).toBe('pay');
  });
});
