import { describe, expect, it } from 'vitest';
import type { JobEvent, JobEventBody } from '../../src/contract/event.ts';
import type { JobState } from '../../src/contract/job.ts';
import { allowedActions } from '../../src/domain/decide.ts';
import { reduceAll } from '../../src/domain/reduce.ts';
import { offersOf } from '../../web/src/status/job-actions.ts';

const at = '2026-11-23T10:00:00Z';
const steps = [{ id: 'pay', ordinal: 1, description: 'Pay', action: 'click', effect: 'once' as const, asks: true }];
const by = { actor: 'Ama' };
const evidence = { takenAt: at, sentence: 'Click “Pay”', target: null, url: 'https://shop.example/', title: 'Shop', values: [] };
const approval = {
  approvalId: 'a-1',
  kind: 'step' as const,
  stepId: 'pay',
  ordinal: 1,
  ask: 1,
  effect: 'once' as const,
  askedAt: at,
  evidence,
};

const created: JobEventBody = { type: 'job.created', jobId: 'j', title: 'T', runbook: null, requestedBy: 'x', inputs: [], steps };
const started: JobEventBody = { type: 'job.started', host: 'local' };
const asked: JobEventBody = { type: 'approval.requested', approval };

function jobAfter(bodies: JobEventBody[]): JobState {
  const events = [created, ...bodies].map((body, i) => ({ ...body, seq: i + 1, at }) as JobEvent);
  const state = reduceAll(events);
  if (!state) throw new Error('no state');
  return state;
}

const cases: { when: string; events: JobEventBody[]; words: string[] }[] = [
  { when: 'scheduled', events: [{ type: 'job.scheduled', scheduledFor: at }], words: ['Cancel', 'Start now'] },
  { when: 'queued', events: [], words: ['Cancel'] },
  { when: 'running', events: [started], words: ['Cancel', 'Pause'] },
  { when: 'pausing', events: [started, { type: 'job.pausing', ...by }], words: ['Cancel', 'Resume'] },
  { when: 'paused', events: [started, { type: 'job.paused' }], words: ['Cancel', 'Resume'] },
  { when: 'waiting for approval', events: [started, asked], words: ['Cancel', 'Review approval'] },
  {
    when: 'asking what happened',
    events: [started, { type: 'approval.requested', approval: { ...approval, kind: 'outcome' } }],
    words: ['Cancel', 'Say what happened'],
  },
  { when: 'being cancelled', events: [started, { type: 'job.cancelling', ...by }], words: [] },
  { when: 'completed', events: [started, { type: 'job.finished', status: 'completed' }], words: ['Rerun'] },
  { when: 'failed', events: [started, { type: 'job.finished', status: 'failed' }], words: ['Rerun'] },
  { when: 'cancelled', events: [{ type: 'job.finished', status: 'cancelled' }], words: ['Rerun'] },
];

describe('the header of a job', () => {
  it.each(cases)('offers $words while it is $when', ({ events, words }) => {
    const job = jobAfter(events);
    expect(offersOf(job, allowedActions(job)).map((offer) => offer.word)).toEqual(words);
  });

  it('has one solid button at most, and it is the last', () => {
    for (const { events } of cases) {
      const job = jobAfter(events);
      const offers = offersOf(job, allowedActions(job));
      expect(offers.slice(0, -1).filter((offer) => offer.solid)).toEqual([]);
    }
  });

  it('says where a resume goes on, and that a parked job waits for a browser first', () => {
    const meansOf = (events: JobEventBody[]) => {
      const job = jobAfter(events);
      return offersOf(job, allowedActions(job)).at(-1)?.means;
    };
    const paused: JobEventBody[] = [started, { type: 'job.paused' }];
    expect(meansOf(paused)).toBe('Goes on with step 1, “Pay”');
    expect(meansOf([...paused, { type: 'job.parked', url: 'https://shop.example/' }])).toMatch(/^Waits for a free browser/);
    expect(meansOf([started, { type: 'job.pausing', ...by }])).toBe('Takes the pause back');
  });
});
