/** Jobs for tests of the store: headers and events that the reducer gives. */
import type { JobEvent, JobEventBody } from '../../src/contract/event.ts';
import type { JobHeader, JobState } from '../../src/contract/job.ts';
import type { JobInput, ProjectTask } from '../../src/contract/step-task.ts';
import { headerOf, reduce } from '../../src/domain/reduce.ts';
import { toRow } from '../../src/domain/row.ts';

export const step = {
  id: 'one',
  ordinal: 1,
  description: 'do one',
  action: { type: 'wait', duration: 1 },
  captures: [],
  effect: 'read',
  timeout: 1_000,
  retries: 3,
  continueOnError: false,
} as const;

export function jobInput(jobId: string, changes: Partial<JobInput> = {}): JobInput {
  const settings = { defaultTimeout: 1_000, pauseBetweenSteps: 0, stopOnError: true };
  return {
    ...{
      jobId,
      title: 'A job',
      runbook: null,
      requestedBy: 'a test',
      createdAt: new Date().toISOString(),
      inputs: [],
      settings,
      consoleUrl: null,
    },
    steps: [{ ...step, captures: [] }],
    ...changes,
  };
}

export const created = (jobId: string, title = 'A job'): JobEventBody => ({
  ...{ type: 'job.created', jobId, title, runbook: null, requestedBy: 'a test', inputs: [] },
  steps: [{ id: 'one', ordinal: 1, description: 'do one', action: 'wait', effect: 'read' }],
});

/** Numbered from `after + 1`. */
export const numbered = (bodies: JobEventBody[], after = 0): JobEvent[] =>
  bodies.map((body, index) => ({ ...body, seq: after + index + 1, at: new Date().toISOString() }));

export function tasks(
  jobId: string,
  bodies: JobEventBody[],
): { events: JobEvent[]; state: JobState; header: JobHeader; task(from: number, to: number): ProjectTask } {
  const events = numbered(bodies);
  const upTo = (to: number): JobState => events.slice(0, to).reduce<JobState | undefined>(reduce, undefined) as JobState;
  const state = upTo(events.length);
  return {
    events,
    state,
    header: headerOf(state),
    task: (from, to) => {
      const { line, bar } = toRow(upTo(to));
      return { jobId, header: headerOf(upTo(to)), events: events.slice(from, to), line, bar };
    },
  };
}
