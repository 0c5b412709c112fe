/** A job, from the request to its end. */
import {
  CancelledFailure,
  CancellationScope,
  allHandlersFinished,
  condition,
  isCancellation,
  makeContinueAsNewFunc,
  rootCause,
} from '@temporalio/workflow';
import type { StepError } from '../contract/error.ts';
import type { JobStatus } from '../contract/job.ts';
import type { AcquireResult, Acquired, JobInput } from '../contract/step-task.ts';
import { acquire, control as controlActivities } from './activities.ts';
import { JobControl } from './job-control.ts';
import { JobLog, type CarriedLog } from './job-log.ts';
import { StepRunner, start, type Position } from './step-runner.ts';

/** What one run hands to the next. */
export type Carried = { log: CarriedLog; browser: Acquired; position: Position };
export type JobResult = { status: JobStatus };

type Ending = { status: 'completed' | 'failed' | 'cancelled'; error?: StepError };
type Job = { input: JobInput; log: JobLog; control: JobControl };

export async function runJob(input: JobInput, carried?: Carried): Promise<JobResult> {
  const log = new JobLog(input.jobId, carried?.log);
  if (!carried) announce(input, log);
  const control = new JobControl(log);
  control.register();
  let cancelledNatively = false;
  CancellationScope.current().cancelRequested.catch(() => {
    cancelledNatively = true;
    control.cancelNatively();
  });
  const status = await CancellationScope.nonCancellable(() => tell({ input, log, control }, carried));
  // Temporal shows a run as cancelled only when it ends so after a native cancellation.
  if (cancelledNatively && status === 'cancelled') throw new CancelledFailure('the job was cancelled');
  return { status };
}

function announce(input: JobInput, log: JobLog): void {
  const { jobId, title, runbook, requestedBy, inputs } = input;
  const steps = input.steps.map(({ id, ordinal, description, action, effect }) => ({
    id,
    ordinal,
    description,
    action: action.type,
    effect,
  }));
  log.emit({ type: 'job.created', jobId, title, runbook, requestedBy, inputs, steps }, input.createdAt);
  log.emit({ type: 'job.queued' });
}

async function tell(job: Job, carried: Carried | undefined): Promise<JobStatus> {
  const { log, control } = job;
  log.open();
  const got = carried ? ({ outcome: 'acquired', browser: carried.browser } as const) : await acquireBrowser(job);
  const ending = got.outcome === 'acquired' ? await carryOut(job, got.browser, carried?.position) : endingWithoutBrowser(got, control);
  const rest = log.state.steps.filter((step) => step.status === 'pending' || step.status === 'running').map((step) => step.id);
  if (rest.length > 0)
    log.emit({ type: 'steps.skipped', stepIds: rest, because: ending.status === 'cancelled' ? 'cancelled' : 'not_reached' });
  log.emit({ type: 'job.finished', ...ending });
  await log.close();
  await condition(allHandlersFinished);
  return ending.status;
}

type Got = AcquireResult | { outcome: 'given_up' };

async function acquireBrowser({ input, control }: Job): Promise<Got> {
  const scope = new CancellationScope();
  control.onStop = () => {
    if (control.cancelling) scope.cancel();
  };
  try {
    return await scope.run(() => acquire().acquireBrowser({ jobId: input.jobId }));
  } catch (error) {
    if (isCancellation(error)) return { outcome: 'given_up' };
    const message = `No browser could be had: ${(rootCause(error) ?? 'no reason given').slice(0, 300)}`;
    return { outcome: 'refused', error: { code: 'unknown', message, hint: 'The log of the browser worker has the details.' } };
  }
}

function endingWithoutBrowser(got: Exclude<Got, { outcome: 'acquired' }>, control: JobControl): Ending {
  if (got.outcome === 'given_up' || control.cancelling) return { status: 'cancelled' };
  return { status: 'failed', error: got.error };
}

async function carryOut({ input, log, control }: Job, browser: Acquired, position: Position | undefined): Promise<Ending> {
  if (!position) log.emit({ type: 'job.started', host: browser.host });
  const runner = new StepRunner({ input, browser, log, control, position: position ?? start });
  const ended = await runner.walk();
  if (ended === 'continue') await continueAsNew(input, { log, browser, position: runner.position });
  if (ended === 'cancelled') await runner.drain('2s');
  await close(browser, input.jobId);
  if (ended === 'cancelled' && !(await runner.drain('5s'))) runner.abandon();
  if (ended === 'cancelled' || control.cancelling) return { status: 'cancelled' };
  return { status: log.state.counts.failed > 0 ? 'failed' : 'completed' };
}

/** Never fails the job: a browser that cannot be closed now is closed by its worker's sweep. */
async function close({ queue }: Acquired, jobId: string): Promise<void> {
  const options = { scheduleToCloseTimeout: '30s', summary: 'end the browser' } as const;
  await controlActivities(queue)
    .closeBrowser.executeWithOptions(options, [{ jobId }])
    .catch(() => undefined);
}

async function continueAsNew(input: JobInput, now: { log: JobLog; browser: Acquired; position: Position }): Promise<never> {
  // The next run starts without captures and diagnostics, so they must be in the store first.
  await condition(() => now.log.isStored);
  await condition(allHandlersFinished);
  return makeContinueAsNewFunc<typeof runJob>()(input, { log: now.log.carry(), browser: now.browser, position: now.position });
}
