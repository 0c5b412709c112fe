/** The one place that says what an event means. The workflow, the projection, the api and the console all use it. */
import type { JobEvent } from '../contract/event.ts';
import type { JobHeader, JobState, Notice, StepState, StepStatus } from '../contract/job.ts';
import { count } from './counts.ts';
import { hasEnded } from './decide.ts';
import { aboutOf, happeningOf } from './happenings.ts';
import { currentIndex, containersOf } from './nesting.ts';
import { closeBranches, closeOpen, containerReducers, type ContainerType } from './reduce-containers.ts';
import { resumed, waitingReducers, type WaitingType } from './reduce-waiting.ts';

/** Notices are few; more than these would only be noise. */
const keptNotices = 50;

type EventOf<T extends JobEvent['type']> = Extract<JobEvent, { type: T }>;
type Reducers = {
  [T in Exclude<JobEvent['type'], 'job.created' | WaitingType | ContainerType>]: (state: JobState, event: EventOf<T>) => JobState;
};

function created(event: EventOf<'job.created'>): JobState {
  const steps = event.steps.map((step): StepState => ({ ...step, status: 'pending', attempt: 0, retries: 0, captures: [] }));
  return {
    id: event.jobId,
    title: event.title,
    runbook: event.runbook,
    requestedBy: event.requestedBy,
    status: 'queued',
    pausing: false,
    cancelling: false,
    seq: event.seq,
    counts: count(steps),
    inputs: event.inputs,
    createdAt: event.at,
    queuedAt: event.at,
    steps,
    notices: [],
    rerunOf: event.rerunOf,
    ...(event.options && { options: event.options }),
  };
}

function changeStep(state: JobState, id: string, change: (step: StepState) => StepState): JobState {
  const steps = state.steps.map((step) => (step.id === id ? change(step) : step));
  return { ...state, steps, counts: count(steps) };
}

/** The question about a step ends with the step. */
const withoutApproval = (state: JobState, stepId: string): JobState =>
  state.approval?.stepId === stepId ? { ...state, approval: undefined } : state;

/** Before the first iteration nothing was counted yet. */
const retriesBefore = ({ runs, retries }: StepState): number => (runs ? retries : 0);

function finishStep(state: JobState, event: EventOf<'step.succeeded'> | EventOf<'step.failed'>): JobState {
  const ended = changeStep(withoutApproval(state, event.stepId), event.stepId, (step) => ({
    ...step,
    status: event.type === 'step.succeeded' ? 'succeeded' : 'failed',
    attempt: event.attempt,
    retries: retriesBefore(step) + event.retries,
    dialogs: event.dialogs,
    ...(event.troubles && { troubles: event.troubles }),
    startedAt: event.startedAt,
    finishedAt: event.finishedAt,
    durationMs: Math.max(0, Date.parse(event.finishedAt) - Date.parse(event.startedAt)),
    page: event.page,
    screenshot: event.screenshot,
    ...(event.type === 'step.succeeded' ? found(step, event) : { error: event.error }),
  }));
  return closeBranches(event.type === 'step.succeeded' ? collected(ended, event.appended) : ended, event.stepId, event.at);
}

/** Files of all iterations are told, the last hundred of them. */
function found(step: StepState, { matchedBy, missed, captures, files }: EventOf<'step.succeeded'>): Partial<StepState> {
  const kept = step.runs ? [...(step.files ?? []), ...(files ?? [])].slice(-100) : files;
  return { matchedBy, missed, captures, ...(kept && { files: kept }) };
}

function collected(state: JobState, appended: Record<string, number> | undefined): JobState {
  if (!appended) return state;
  const collections = { ...state.collections };
  for (const [name, rows] of Object.entries(appended)) collections[name] = (collections[name] ?? 0) + rows;
  return { ...state, collections };
}

const notice = (state: JobState, entry: Notice): JobState => ({ ...state, notices: [...state.notices, entry].slice(-keptNotices) });

const reducers: Reducers & typeof waitingReducers & typeof containerReducers = {
  'job.scheduled': (state, event) => ({ ...state, status: 'scheduled', scheduledFor: event.scheduledFor, queuedAt: undefined }),
  'job.started_now': (state, event) => ({ ...state, status: 'queued', queuedAt: event.at, lastCommand: commandOf('start_now', event) }),
  'job.queued': (state, event) => ({ ...state, status: 'queued', queuedAt: event.at }),
  'job.started': (state, event) => ({
    ...state,
    status: 'running',
    startedAt: event.at,
    host: event.host,
    browser: event.browser,
    queuedAt: undefined,
  }),
  'step.succeeded': finishStep,
  'step.failed': finishStep,
  'step.interrupted': (state, event) => changeStep(state, event.stepId, (step) => ({ ...step, status: 'pending', startedAt: undefined })),
  'steps.skipped': (state, event) => {
    const ids = new Set(event.stepIds);
    const steps = state.steps.map((step): StepState =>
      ids.has(step.id) ? { ...step, status: 'skipped', startedAt: undefined, skippedBecause: event.because } : step,
    );
    const skipped = { ...state, steps, counts: count(steps) };
    return event.stepIds.reduce((now, id) => closeBranches(now, id, event.at), skipped);
  },
  'job.pausing': (state, event) => ({ ...state, pausing: true, lastCommand: commandOf('pause', event) }),
  'job.paused': (state, event) => ({ ...state, status: 'paused', pausing: false, waitingSince: event.at }),
  'job.resumed': (state, event) => resumed({ ...state, lastCommand: commandOf('resume', event) }, event.at),
  'job.cancelling': (state, event) => ({ ...state, cancelling: true, pausing: false, lastCommand: commandOf('cancel', event) }),
  'evidence.missing': (state, event) => {
    const told = event.what.reduce((now, what) => notice(now, { at: event.at, kind: 'warning', text: what }), state);
    return { ...told, missing: [...(state.missing ?? []), ...event.what].slice(-keptNotices) };
  },
  'command.refused': (state, event) =>
    notice(state, { at: event.at, kind: 'command_refused', text: `${event.action} by ${event.actor} was refused: ${event.reason}` }),
  'job.finished': (state, event) => ({
    ...closeOpen(state, event),
    status: event.status,
    pausing: false,
    cancelling: false,
    finishedAt: event.at,
    error: event.error,
    queuedAt: undefined,
    waitingSince: undefined,
    approval: undefined,
    parked: undefined,
  }),
  ...waitingReducers,
  ...containerReducers,
};

function commandOf(
  action: 'pause' | 'resume' | 'cancel' | 'start_now',
  event: { actor: string; comment?: string; at: string },
): JobState['lastCommand'] {
  return { action, actor: event.actor, at: event.at, comment: event.comment };
}

const tell = (state: JobState, { at, type }: JobEvent, text: string | undefined): JobState =>
  text === undefined ? state : notice(state, { at, kind: 'happening', text, about: aboutOf(type) });

/** What the first step that has not ended does, by the job's status: the workflow hears of a step only when it ends. */
const currentStatus: Partial<Record<JobState['status'], StepStatus>> = { running: 'running', waiting_for_approval: 'waiting' };

function markCurrent(state: JobState, at: string): JobState {
  const current = currentIndex(state.steps);
  const around = new Set(containersOf(state.steps, current));
  const wanted = (index: number): StepStatus => {
    if (around.has(index)) return 'running';
    return (index === current && currentStatus[state.status]) || 'pending';
  };
  if (state.steps.every((step, index) => hasEnded(step) || step.status === wanted(index))) return state;
  const steps = state.steps.map((step, index): StepState => {
    const status = wanted(index);
    if (hasEnded(step) || step.status === status) return step;
    return { ...step, status, startedAt: status === 'running' ? (step.container && step.startedAt) || at : undefined };
  });
  return { ...state, steps };
}

/**
 * The state after the event. An event that was already applied changes nothing.
 * @throws RangeError when the event is not the next one (the caller holds back what is not contiguous)
 */
export function reduce(state: JobState | undefined, event: JobEvent): JobState {
  if (state && event.seq <= state.seq) return state;
  if (event.seq !== (state?.seq ?? 0) + 1) throw new RangeError(`event ${event.seq} does not follow ${state?.seq ?? 0}`);
  if (event.type === 'job.created') return created(event);
  if (!state) throw new RangeError(`a job begins with job.created, not ${event.type}`);
  const next = (reducers[event.type] as (s: JobState, e: JobEvent) => JobState)(state, event);
  const told = tell(next, event, happeningOf(event, state));
  return { ...markCurrent(told, event.at), seq: event.seq };
}

/** The longest contiguous run of events, applied in order of seq; what is missing or beyond a gap is left out. */
export function reduceAll(events: readonly JobEvent[], from?: JobState): JobState | undefined {
  let state = from;
  for (const event of [...events].sort((a, b) => a.seq - b.seq)) {
    if (event.seq > (state?.seq ?? 0) + 1) return state;
    state = reduce(state, event);
  }
  return state;
}

/** Everything but the steps and the notices. */
export function headerOf(state: JobState): JobHeader {
  const { steps: _steps, notices: _notices, ...header } = state;
  return header;
}
