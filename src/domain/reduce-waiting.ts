/** What the events of waiting mean: questions to people, and what becomes of the browser meanwhile. */
import type { Answer, ApprovalRecord } from '../contract/approval.ts';
import type { JobEvent } from '../contract/event.ts';
import type { JobState } from '../contract/job.ts';
import { recordOf } from './approval.ts';

type EventOf<T extends JobEvent['type']> = Extract<JobEvent, { type: T }>;
type Waiting = `approval.${string}` | 'outcome.resolved' | 'job.parked' | 'browser.lost' | 'browser.restored';
export type WaitingType = Extract<JobEvent['type'], Waiting>;
type Reducers = { [T in WaitingType]: (state: JobState, event: EventOf<T>) => JobState };

/** A job that has no browser waits for one before it goes on. */
export const goingOn = (state: JobState, at: string): JobState =>
  state.parked
    ? { ...state, status: 'queued', queuedAt: at, pausing: false, waitingSince: undefined }
    : { ...state, status: 'running', pausing: false, waitingSince: undefined };

/** A question that came while the job was pausing is still open. */
export const resumed = (state: JobState, at: string): JobState =>
  state.approval && !state.approval.answer
    ? { ...state, status: 'waiting_for_approval', pausing: false, waitingSince: at }
    : goingOn(state, at);

/** The step will not run: a browser is waited for only if the job goes on. */
const stopped = (state: JobState): JobState => ({ ...state, status: 'running', pausing: false, waitingSince: undefined });

function keep(state: JobState, stepId: string, record: ApprovalRecord): JobState {
  const steps = state.steps.map((step) => {
    if (step.id !== stepId) return step;
    const others = (step.approvals ?? []).filter((one) => one.approvalId !== record.approvalId);
    return { ...step, approvals: [...others, record] };
  });
  return { ...state, steps };
}

function answered(state: JobState, approvalId: string, answer: Answer): JobState {
  const { approval } = state;
  if (approval?.approvalId !== approvalId) return state;
  const now = { ...approval, answer };
  return keep({ ...state, approval: now }, approval.stepId, recordOf(now));
}

const by = (event: { actor: string; comment?: string; at: string }) => ({ actor: event.actor, comment: event.comment, at: event.at });
export const deadlineActor = 'the deadline';

export const waitingReducers: Reducers = {
  'approval.requested': (state, { approval, at }) =>
    keep({ ...state, approval, status: 'waiting_for_approval', waitingSince: at }, approval.stepId, recordOf(approval)),
  'approval.approved': (state, event) =>
    goingOn(
      { ...answered(state, event.approvalId, { verdict: 'approved', ...by(event) }), lastCommand: { action: 'approve', ...by(event) } },
      event.at,
    ),
  'approval.rejected': (state, event) =>
    stopped({
      ...answered(state, event.approvalId, { verdict: 'rejected', ...by(event) }),
      lastCommand: { action: 'reject', ...by(event) },
    }),
  'approval.expired': (state, { approvalId, at }) => stopped(answered(state, approvalId, { verdict: 'expired', actor: deadlineActor, at })),
  'approval.voided': (state, { approvalId, stepId, changes, at }) => {
    const { approval } = state;
    if (approval?.approvalId !== approvalId) return state;
    const answer: Answer = { verdict: 'void', actor: approval.answer?.actor ?? 'nobody', comment: approval.answer?.comment, at };
    return keep({ ...state, approval: undefined }, stepId, recordOf({ ...approval, answer }, changes));
  },
  'outcome.resolved': (state, event) => {
    const told = answered(state, event.approvalId, { verdict: event.outcome, ...by(event) });
    const next = { ...told, lastCommand: { action: 'resolve' as const, ...by(event) } };
    // run again: the step is as if it had not been reached, and asks anew if it asks
    return event.outcome === 'failed'
      ? stopped(next)
      : goingOn(event.outcome === 'again' ? { ...next, approval: undefined } : next, event.at);
  },
  'job.parked': (state, { at, url }) => ({ ...state, parked: { at, url }, host: undefined }),
  'browser.lost': (state, { at }) => ({
    ...state,
    status: 'queued',
    queuedAt: at,
    host: undefined,
    parked: state.parked ?? { at, url: '' },
  }),
  'browser.restored': (state, { host }) => ({ ...state, host, parked: undefined, queuedAt: undefined, status: 'running' }),
};
