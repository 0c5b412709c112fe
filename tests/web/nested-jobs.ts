/** Jobs with loops and branches, for tests of the console. */
import type { JobEventBody } from '../../src/contract/event.ts';
import type { JobState, PlannedStepSummary } from '../../src/contract/job.ts';
import { reduceAll } from '../../src/domain/reduce.ts';
import { created, numbered } from '../domain/job-events.ts';

type Place = Pick<PlannedStepSummary, 'depth' | 'container' | 'branch'>;

/** sign-in · each [open · kind {express: rush, rush-more | default: slow} · save] · sign-out */
const places: Record<string, Place> = {
  'sign-in': {},
  each: { container: 'loop' },
  open: { depth: 1 },
  kind: { depth: 1, container: 'branches' },
  rush: { depth: 2, branch: 'express' },
  'rush-more': { depth: 2, branch: 'express' },
  slow: { depth: 2, branch: null },
  save: { depth: 1 },
  'sign-out': {},
};

function plan(): JobEventBody {
  const event = created(...Object.keys(places));
  if (event.type !== 'job.created') throw new Error('no plan');
  return { ...event, steps: event.steps.map((step) => ({ ...step, ...places[step.id] })) };
}

/** The job as far as the given events go; it has started. */
export function nestedJob(...then: JobEventBody[]): JobState {
  const state = reduceAll(numbered(plan(), { type: 'job.started', host: 'local' }, ...then));
  if (!state) throw new Error('no state');
  return state;
}

export const around = (iteration: number, total?: number): JobEventBody => ({
  type: 'loop.iterated',
  stepId: 'each',
  iteration,
  ...(total !== undefined && { total }),
  label: `INV-${iteration + 1}`,
});
export const express: JobEventBody[] = [
  { type: 'branch.taken', stepId: 'kind', value: 'express', match: 'express' },
  { type: 'steps.skipped', stepIds: ['slow'], because: 'branch' },
];
export const loopEnded = (capped = false): JobEventBody => ({ type: 'loop.ended', stepId: 'each', capped });
