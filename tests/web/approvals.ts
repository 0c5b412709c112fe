/** Jobs that ask a person, for tests of the console. */
import type { Approval } from '../../src/contract/approval.ts';
import type { JobEventBody } from '../../src/contract/event.ts';
import type { JobState } from '../../src/contract/job.ts';
import { reduceAll } from '../../src/domain/reduce.ts';
import { created, numbered, succeeded } from '../domain/job-events.ts';

export const question = (over: Partial<Approval> = {}): Approval => ({
  approvalId: 'a-1',
  kind: 'step',
  stepId: 'c',
  ordinal: 3,
  ask: 1,
  effect: 'once',
  askedAt: '2026-11-23T14:00:05.000Z',
  evidence: {
    takenAt: '2026-11-23T14:00:05.000Z',
    sentence: 'Click “Release payment”',
    target: 'Button “Release payment”',
    url: 'https://bank.example/pay',
    title: 'Pay',
    values: [],
    digest: '4f9c27d1b0e3a21e'.repeat(4),
  },
  ...over,
});

export const asked = (approval: Approval = question()): JobEventBody => ({ type: 'approval.requested', approval });
export const by = { approvalId: 'a-1', stepId: 'c', actor: 'Mei Tanaka' };

/** A job of steps a to f; a and b are done, c asks; then what is given. */
export function askingJob(...then: JobEventBody[]): JobState {
  const before: JobEventBody[] = [
    created('a', 'b', 'c', 'd', 'e', 'f'),
    { type: 'job.started', host: 'local' },
    succeeded('a'),
    succeeded('b'),
  ];
  const state = reduceAll(numbered(...before, ...then));
  if (!state) throw new Error('no state');
  return state;
}
