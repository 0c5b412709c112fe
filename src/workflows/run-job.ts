/** A job, from the request to its end. */
import {
  CancelledFailure,
  CancellationScope,
  allHandlersFinished,
  condition,
  makeContinueAsNewFunc,
  patched,
  workflowInfo,
} from '@temporalio/workflow';
import type { StepError } from '../contract/error.ts';
import type { JobStatus } from '../contract/job.ts';
import type { Acquired, JobInput } from '../contract/step-task.ts';
import { firstStep, type Cursor } from '../domain/cursor.ts';
import { hasEnded } from '../domain/decide.ts';
import { isOpen } from '../domain/nesting.ts';
import { placed, summaries } from '../domain/plan.ts';
import { BrowserSeat, type Got } from './browser-seat.ts';
import { JobControl } from './job-control.ts';
import { JobLog, type CarriedLog } from './job-log.ts';
import { legible } from './legible.ts';
import { StepRunner, type WalkEnd } from './step-runner.ts';
import type { Position } from './step-window.ts';

/** What one run hands to the next. `browser` null: it is parked, or has not begun. */
export type Carried = { log: CarriedLog; browser: Acquired | null; position: Position };
export type JobResult = { status: JobStatus };

type Ending = { status: 'completed' | 'failed' | 'cancelled'; error?: StepError };
const cancelled: Ending = { status: 'cancelled' };
type Job = { input: JobInput; log: JobLog; control: JobControl; seat: BrowserSeat; waits: boolean };

export async function runJob(input: JobInput, carried?: Carried): Promise<JobResult> {
  // false only in the replay of jobs that older releases have begun
  const waits = patched('waits-for-people');
  const log = new JobLog(input.jobId, carried?.log);
  if (waits) log.onChange = legible(input, carried?.log.state.status);
  if (!carried) announce(input, log);
  const control = new JobControl(log);
  control.register();
  const { jobId, settings, options } = input;
  const onMissing = (what: string[]): void => tellMissing(log, what);
  const browser = carried?.browser ?? null;
  const seat = new BrowserSeat({ jobId, control, browser, readable: waits, viewport: settings.viewport, options, onMissing });
  let cancelledNatively = false;
  CancellationScope.current().cancelRequested.catch(() => {
    cancelledNatively = true;
    control.cancelNatively();
  });
  const status = await CancellationScope.nonCancellable(() => tell({ input, log, control, seat, waits }, carried));
  // Temporal shows a run as cancelled only when it ends so after a native cancellation.
  if (cancelledNatively && status === 'cancelled') throw new CancelledFailure('the job was cancelled');
  return { status };
}

/** Every browser of a job may say the same again. */
function tellMissing(log: JobLog, missing: string[]): void {
  const told = new Set(log.state.notices.map(({ text }) => text));
  const what = missing.filter((text) => !told.has(text));
  if (what.length > 0) log.emit({ type: 'evidence.missing', what });
}

function announce(input: JobInput, log: JobLog): void {
  const { jobId, title, runbook, requestedBy, inputs, rerun, scheduledFor, options } = input;
  const steps = summaries(input.steps);
  const rerunOf = rerun && { rerunOf: rerun.of };
  log.emit(
    { type: 'job.created', jobId, title, runbook, requestedBy, inputs, steps, ...rerunOf, ...(options && { options }) },
    input.createdAt,
  );
  const kept = placed(input.steps.slice(0, startOf(input))).map(({ step }) => step.id);
  if (kept.length > 0) log.emit({ type: 'steps.skipped', stepIds: kept, because: 'kept' });
  const later = scheduledFor !== undefined && Date.parse(scheduledFor) > Date.now();
  log.emit(later ? { type: 'job.scheduled', scheduledFor } : { type: 'job.queued' });
}

/** How many steps an earlier attempt of the job has done already. */
const startOf = ({ rerun, steps }: JobInput): number =>
  Math.max(
    0,
    steps.findIndex(({ id }) => id === rerun?.startAt),
  );

const startAt = (input: JobInput): Position => {
  const cursor: Cursor = input.rerun ? [{ index: startOf(input) }] : firstStep;
  return { cursor, gen: 1, instance: 0, dispatch: 0 };
};

async function tell(job: Job, carried: Carried | undefined): Promise<JobStatus> {
  const { log, input } = job;
  log.open();
  const position = carried?.position ?? startAt(input);
  const begun = await begin(job);
  if (begun === 'continue') await continueAsNew(job, position);
  const ending = begun === 'begun' ? await carryOut(job, position) : begun === 'continue' ? cancelled : begun;
  const rest = log.state.steps.filter((step) => !hasEnded(step) && !isOpen(step)).map((step) => step.id);
  if (rest.length > 0)
    log.emit({ type: 'steps.skipped', stepIds: rest, because: ending.status === 'cancelled' ? 'cancelled' : 'not_reached' });
  log.emit({ type: 'job.finished', ...ending });
  await log.close();
  await condition(allHandlersFinished);
  return ending.status;
}

/** The start time comes, then a browser is there. */
async function begin(job: Job): Promise<'begun' | 'continue' | Ending> {
  const { input, log, seat, control } = job;
  if (log.state.startedAt !== undefined) return 'begun';
  if (log.state.status === 'scheduled' && (await startTime(job)) === 'continue') return 'continue';
  if (control.cancelling) return { status: 'cancelled' };
  const got = await seat.take(input.rerun?.openAt);
  if (got.outcome !== 'acquired') return endingWithoutBrowser(got, control);
  const { host, browser } = got.browser;
  log.emit({ type: 'job.started', host, ...(browser !== undefined && { browser }) });
  return 'begun';
}

async function startTime({ log, control }: Job): Promise<'go' | 'continue'> {
  const { scheduledFor } = log.state;
  const left = scheduledFor === undefined ? 0 : Date.parse(scheduledFor) - Date.now();
  const ended = (): boolean => log.state.status !== 'scheduled' || control.cancelling || workflowInfo().continueAsNewSuggested;
  if (left > 0) await condition(ended, left, { summary: 'the start time' });
  if (control.cancelling || log.state.status !== 'scheduled') return 'go';
  if (scheduledFor !== undefined && Date.parse(scheduledFor) > Date.now()) return 'continue';
  log.emit({ type: 'job.queued' });
  return 'go';
}

function endingWithoutBrowser(got: Exclude<Got, { outcome: 'acquired' }>, control: JobControl): Ending {
  if (got.outcome === 'given_up' || control.cancelling) return { status: 'cancelled' };
  return { status: 'failed', error: got.error };
}

async function carryOut(job: Job, position: Position): Promise<Ending> {
  const { log, control, seat } = job;
  const runner = new StepRunner({ ...job, position });
  const ended: WalkEnd = await runner.walk();
  if (ended === 'continue') await continueAsNew(job, runner.position);
  if (ended === 'cancelled') await runner.drain('2s');
  await seat.close();
  if (ended === 'cancelled' && !(await runner.drain('5s'))) runner.abandon();
  if (ended === 'cancelled' || control.cancelling) return { status: 'cancelled' };
  if (typeof ended === 'object') return { status: 'failed', error: ended.refused };
  return { status: log.state.counts.failed > 0 ? 'failed' : 'completed' };
}

/** Returns only when the job is to be cancelled while the store is away: that does not wait for the next run. */
async function continueAsNew({ input, log, control, seat }: Job, position: Position): Promise<void> {
  // The next run starts without captures and diagnostics, so they must be in the store first.
  await condition(() => log.isStored || control.cancelling);
  if (!log.isStored) return;
  await condition(allHandlersFinished);
  await makeContinueAsNewFunc<typeof runJob>()(input, { log: log.carry(), browser: seat.browser, position });
}
