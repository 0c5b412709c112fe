/** Repairs what a crash or an operator left behind: jobs without a workflow, and rows that still call an ended workflow open. */
import type { JobEvent, JobEventBody } from '../contract/event.ts';
import type { StepError } from '../contract/error.ts';
import type { JobState } from '../contract/job.ts';
import { deleteKeysOlderThan } from '../db/idempotency-keys.ts';
import { findEventsAfter } from '../db/job-events.ts';
import { findSilentJobs, touchJob, type StoredJob } from '../db/jobs.ts';
import { hasEnded, isOver } from '../domain/decide.ts';
import { withAdvisoryLock } from '../db/migrate.ts';
import { projectEnd } from '../db/projection.ts';
import { isOpen } from '../domain/nesting.ts';
import { headerOf, reduce, reduceAll } from '../domain/reduce.ts';
import { toRow } from '../domain/row.ts';
import type { ApiDependencies } from './dependencies.ts';
import { eventsOfWorkflow, initialState } from './job-reader.ts';
import type { WorkflowEnd } from './temporal-gateway.ts';

type Deps = Pick<ApiDependencies, 'database' | 'gateway' | 'log'>;
type Limits = { everyMs?: number; unstartedSeconds?: number; silentSeconds?: number };

const reconcilerLock = 7_305_002;
const keyDays = 7;

/** Runs at once and then every 30 s until `stop`. Several processes may run one: only one works at a time. */
export function startReconciler(deps: Deps, limits: Limits = {}): { stop(): Promise<void> } {
  let stopped = false;
  let running = Promise.resolve();
  const run = (): void => {
    if (stopped) return;
    running = running
      .then(() => reconcile(deps, limits))
      .catch((err: unknown) => deps.log.warn({ err }, 'reconciling failed; it is tried again'));
  };
  run();
  const timer = setInterval(run, limits.everyMs ?? 30_000);
  return {
    async stop() {
      stopped = true;
      clearInterval(timer);
      await running;
    },
  };
}

/** One round. Stops quietly when another process is at it. */
export async function reconcile(deps: Deps, { unstartedSeconds = 5, silentSeconds = 25 }: Limits = {}): Promise<void> {
  const { db, pool } = deps.database;
  await withAdvisoryLock(pool, reconcilerLock, async () => {
    await deleteKeysOlderThan(db, keyDays);
    await each(await findSilentJobs(db, { seconds: unstartedSeconds, unstarted: true }), (job) => apart(deps, job, restart));
    await each(await findSilentJobs(db, { seconds: silentSeconds }), (job) => apart(deps, job, reconcileJob));
  });
}

const atOnce = 8;

/** Some at a time. @throws the first error, when those that had begun are over */
async function each(found: StoredJob[], work: (job: StoredJob) => Promise<void>): Promise<void> {
  const rest = found.values();
  const worker = async (): Promise<void> => {
    for (const job of rest) await work(job);
  };
  const ends = await Promise.allSettled(Array.from({ length: atOnce }, worker));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

/** One job that cannot be repaired must not keep the others waiting; a Temporal that is away ends the round. @throws ApiProblem engine_unavailable */
async function apart(deps: Deps, job: StoredJob, repair: (deps: Deps, job: StoredJob) => Promise<void>): Promise<void> {
  try {
    await repair(deps, job);
  } catch (err) {
    await deps.gateway.ping();
    await touchJob(deps.database.db, job.header.id);
    deps.log.warn({ err, jobId: job.header.id }, 'a job could not be reconciled; it is tried again');
  }
}

/** The row was stored and no event ever came: perhaps the api died before it started the workflow. Starting again is harmless. */
async function restart(deps: Deps, job: StoredJob): Promise<void> {
  if (!job.input) return;
  await deps.gateway.start(job.input);
  // jobs that are well but wait long for a worker must not hide the ones behind them
  await touchJob(deps.database.db, job.header.id);
  deps.log.info({ jobId: job.header.id }, 'started the workflow of a stored job');
}

/**
 * Compares an open row with its workflow and, when that has ended, appends how it ended, continuing the seq. Events that only the workflow has are stored first;
 * those of a terminated one are lost, and when they come late after all they change nothing any more. A row that changes meanwhile is left for the next time.
 * @throws ApiProblem engine_unavailable
 */
export async function reconcileJob(deps: Deps, job: StoredJob): Promise<void> {
  const { db } = deps.database;
  const { id } = job.header;
  const found = await deps.gateway.describe(id);
  if (found === null && job.header.seq === 0 && job.input) return restart(deps, job);
  if (isRunning(found)) return touchJob(db, id);
  const events = await missingEvents(deps, job, found);
  const state = reduceAll(events) ?? initialStateOf(job);
  const added = lastEvents(state, found);
  const end = added.reduce(reduce, state);
  const { line, bar } = toRow(end);
  const task = { jobId: id, header: headerOf(end), events: [...events, ...added], line, bar };
  if (!(await projectEnd(db, task, job.header.seq))) return;
  deps.log.warn(
    { jobId: id, workflow: found?.status ?? 'gone', status: end.status },
    'a job had ended in Temporal only; its row says so now',
  );
}

const isRunning = (found: WorkflowEnd | null): boolean => found?.status === 'RUNNING' || found?.status === 'PAUSED';

/** How the job ended, continuing its seq; nothing when its own events say it already. */
function lastEvents(state: JobState, found: WorkflowEnd | null): JobEvent[] {
  if (isOver(state.status)) return [];
  const open = state.steps.filter((step) => !hasEnded(step) && !isOpen(step)).map((step) => step.id);
  const at = (found?.closedAt ?? new Date()).toISOString();
  return ending(found, open).map((body, index): JobEvent => ({ ...body, seq: state.seq + 1 + index, at }));
}

function initialStateOf(job: StoredJob): JobState {
  if (job.input) return initialState(job.input);
  return { ...job.header, seq: 0, steps: [], notices: [] };
}

/** All events: the stored ones, then what a workflow that ended in the regular way can still tell. */
async function missingEvents(deps: Deps, job: StoredJob, found: WorkflowEnd | null): Promise<JobEvent[]> {
  const stored = await findEventsAfter(deps.database.db, job.header.id, 0);
  if (found === null || found.status === 'TERMINATED') return stored;
  const told = await eventsOfWorkflow(deps.gateway, job.header.id, { after: stored.at(-1)?.seq ?? 0 }).catch((): JobEvent[] => []);
  return [...stored, ...told];
}

function ending(found: WorkflowEnd | null, open: string[]): JobEventBody[] {
  const cancelled = found?.status === 'CANCELLED';
  const skipped: JobEventBody[] =
    open.length > 0 ? [{ type: 'steps.skipped', stepIds: open, because: cancelled ? 'cancelled' : 'not_reached' }] : [];
  if (cancelled) return [...skipped, { type: 'job.finished', status: 'cancelled' }];
  return [...skipped, { type: 'job.finished', status: 'failed', error: errorOf(found) }];
}

function errorOf(found: WorkflowEnd | null): StepError {
  const hint = 'Start the job again when its work is still needed; look first at what its steps had already done.';
  if (found === null) return { code: 'unknown', message: 'the workflow is gone in Temporal', hint };
  if (found.status === 'TERMINATED') return { code: 'unknown', message: 'the workflow was terminated', hint };
  return { code: 'unknown', message: `the workflow ended in Temporal as ${found.status.toLowerCase().replaceAll('_', ' ')}`, hint };
}
