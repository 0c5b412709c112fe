import { describe, expect, it } from 'vitest';
import type { JobEvent } from '../../src/contract/event.ts';
import { reduceAll } from '../../src/domain/reduce.ts';
import { focusOf } from '../../web/src/composables/use-step-selection.ts';
import { mergeEvent, mergeSnapshot } from '../../web/src/stream/merge-job.ts';

const at = '2026-11-23T10:00:00Z';
const steps = ['a', 'b'].map((id, i) => ({ id, ordinal: i + 1, description: id, action: 'click', effect: 'once' as const }));
const events: JobEvent[] = [
  { seq: 1, at, type: 'job.created', jobId: 'j', title: 'T', runbook: null, requestedBy: 'x', inputs: [], steps },
  { seq: 2, at, type: 'job.queued' },
  { seq: 3, at, type: 'job.started', host: 'local' },
  { seq: 4, at, type: 'step.succeeded', stepId: 'a', startedAt: at, finishedAt: at, attempt: 1, retries: 2, captures: [] },
];
const upTo = (seq: number) => {
  const state = reduceAll(events.slice(0, seq));
  if (!state) throw new Error('no state');
  return state;
};
const eventOf = (seq: number): JobEvent => {
  const event = events[seq - 1];
  if (!event) throw new Error('no event');
  return event;
};

describe('the page of a job', () => {
  it('comes to the same state by snapshot and events as by all events', () => {
    expect(mergeEvent(upTo(3), eventOf(4))).toEqual({ state: upTo(4), gap: false });
  });

  it('takes an event only once', () => {
    const state = upTo(4);
    expect(mergeEvent(state, eventOf(3))).toEqual({ state, gap: false });
  });

  it('notices that an event is missing and keeps what it has', () => {
    const state = upTo(2);
    expect(mergeEvent(state, eventOf(4))).toEqual({ state, gap: true });
    expect(mergeEvent(undefined, eventOf(4)).gap).toBe(true);
  });

  it('does not go back to an older snapshot', () => {
    expect(mergeSnapshot(upTo(4), upTo(3)).seq).toBe(4);
    expect(mergeSnapshot(upTo(2), upTo(4)).seq).toBe(4);
    expect(mergeSnapshot(undefined, upTo(1)).seq).toBe(1);
  });

  it('looks at the failed step, else at the running one, else at none', () => {
    expect(focusOf(upTo(3).steps)?.id).toBe('a');
    expect(focusOf(upTo(4).steps)?.id).toBe('b');
    expect(focusOf(upTo(2).steps)).toBeUndefined();
    const failed = upTo(4).steps.map((step) => (step.id === 'a' ? { ...step, status: 'failed' as const } : step));
    expect(focusOf(failed)?.id).toBe('a');
  });
});
