/** A job's state from what is stored and what the workflow knows: the snapshot of DESIGN 4. */
import type { JobEvent } from '../contract/event.ts';
import type { JobDetail, JobState } from '../contract/job.ts';
import type { JobInput } from '../contract/step-task.ts';
import { isDatabaseAway } from '../db/database.ts';
import { findAttempts } from '../db/job-attempts.ts';
import { findEventsAfter } from '../db/job-events.ts';
import { findPlaces } from '../db/job-queue.ts';
import { findJob, type StoredJob } from '../db/jobs.ts';
import { allowedActions } from '../domain/decide.ts';
import { summaries } from '../domain/plan.ts';
import { reduce, reduceAll } from '../domain/reduce.ts';
import type { ApiDependencies } from './dependencies.ts';
import { ApiProblem } from './problem.ts';
import type { TemporalGateway } from './temporal-gateway.ts';

export type ReaderDependencies = Pick<ApiDependencies, 'database' | 'gateway'>;
/**
 * `events` are those after `base`, contiguous; `state` is what they lead to. `stored`: Postgres told it, not the workflow alone. `base` is above 0 only when
 * Postgres is away.
 */
export type Timeline = { state: JobState; base: number; events: JobEvent[]; stored: boolean };

/** The store is seldom behind, and a query that meets a workflow at its very end is never answered: not worth a long wait. */
const freshMs = 1_000;

/** A job before its workflow has said anything: seq 0. */
export function initialState(input: JobInput): JobState {
  const { jobId, title, runbook, requestedBy, inputs, createdAt: at, scheduledFor, rerun, options } = input;
  const steps = summaries(input.steps);
  const first = { jobId, title, runbook, requestedBy, inputs, steps, ...(rerun && { rerunOf: rerun.of }), ...(options && { options }) };
  const created = reduce(undefined, { type: 'job.created', seq: 1, at, ...first });
  const state = scheduledFor === undefined ? created : reduce(created, { type: 'job.scheduled', seq: 2, at, scheduledFor });
  return { ...state, seq: 0 };
}

/** What the workflow knows after a seq, without gaps; empty when it does not answer, or has forgotten what follows. */
export async function eventsOfWorkflow(
  gateway: TemporalGateway,
  jobId: string,
  { after, ms }: { after: number; ms?: number },
): Promise<JobEvent[]> {
  const answer = await gateway.eventsSince(jobId, after, ms);
  return answer?.complete ? answer.events : [];
}

/**
 * Everything about a job, or undefined when there is no such job.
 * @throws ApiProblem database_unavailable when Postgres is away and the workflow does not answer either
 */
export async function readTimeline(deps: ReaderDependencies, jobId: string): Promise<Timeline | undefined> {
  try {
    const { db } = deps.database;
    const job = await findJob(db, jobId);
    return job && (await fromStore(deps, job, await findEventsAfter(db, jobId, 0)));
  } catch (error) {
    if (!isDatabaseAway(error)) throw error;
    return fromWorkflow(deps, jobId, error);
  }
}

async function fromStore(deps: ReaderDependencies, job: StoredJob, stored: JobEvent[]): Promise<Timeline> {
  const known = stored.at(-1)?.seq ?? 0;
  const settled = job.finished && known >= job.header.seq;
  // What is stored is shown also while Temporal is away.
  const fresh = settled
    ? []
    : await eventsOfWorkflow(deps.gateway, job.header.id, { after: known, ms: freshMs }).catch((): JobEvent[] => []);
  const events = [...stored, ...fresh];
  const first = job.input ? initialState(job.input) : { ...job.header, seq: 0, steps: [], notices: [] };
  return { state: reduceAll(events) ?? first, base: 0, events, stored: true };
}

async function fromWorkflow({ gateway }: ReaderDependencies, jobId: string, cause: unknown): Promise<Timeline | undefined> {
  try {
    const answer = await gateway.eventsSince(jobId, 0);
    if (!answer) return undefined;
    const state = answer.complete ? reduceAll(answer.events) : undefined;
    if (state) return { state, base: 0, events: answer.events, stored: false };
    const header = await gateway.header(jobId);
    return header ? { state: { ...header, steps: [], notices: [] }, base: header.seq, events: [], stored: false } : undefined;
  } catch {
    throw new ApiProblem('database_unavailable', 'Neither Postgres nor the workflow of this job can be reached. Try again in a moment.', {
      cause,
    });
  }
}

type Linked = Pick<ApiDependencies, 'database' | 'gateway' | 'settings'>;
type Surroundings = Pick<JobDetail, 'queuePlace' | 'attempts'>;

export const toDetail = async (state: JobState, deps: Linked): Promise<JobDetail> =>
  detailOf(state, deps, await surroundingsOf(state, deps));

function detailOf(state: JobState, { gateway: { namespace }, settings }: Linked, surroundings: Surroundings): JobDetail {
  const url = workflowUrl(state.id, namespace, settings.temporalUiUrl);
  return { ...state, ...surroundings, actions: allowedActions(state), temporal: { workflowId: state.id, namespace, url } };
}

/** What only the store knows. */
async function surroundingsOf(state: JobState, { database: { db } }: Linked): Promise<Surroundings> {
  const { id, status } = state;
  try {
    const [attempts, places] = await Promise.all([findAttempts(db, id), status === 'queued' ? findPlaces(db, [id]) : []]);
    const others = attempts.filter(({ jobId }) => jobId !== id);
    if (others.length === 0) return { ...alone(state), queuePlace: places[0]?.queuePlace ?? null };
    const now = attempts.map((each) => (each.jobId === id ? { ...each, status } : each));
    return { queuePlace: places[0]?.queuePlace ?? null, attempts: now };
  } catch (error) {
    if (isDatabaseAway(error)) return alone(state);
    throw error;
  }
}

const alone = ({ id, status, rerunOf }: JobState): Surroundings => ({
  queuePlace: null,
  attempts: [{ jobId: id, attempt: rerunOf?.attempt ?? 1, status }],
});

function workflowUrl(workflowId: string, namespace: string, temporalUiUrl: string | null): string | null {
  const path = `namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(workflowId)}`;
  return temporalUiUrl ? `${temporalUiUrl.replace(/\/+$/, '')}/${path}` : null;
}

export const noSuchJob = (id: string): ApiProblem => new ApiProblem('not_found', `there is no job ${id.slice(0, 100)}`);

/** @throws ApiProblem not_found */
export async function readJob(deps: ReaderDependencies & Pick<ApiDependencies, 'settings'>, id: string): Promise<JobDetail> {
  const timeline = await readTimeline(deps, id);
  if (!timeline) throw noSuchJob(id);
  return timeline.stored ? toDetail(timeline.state, deps) : detailOf(timeline.state, deps, alone(timeline.state));
}
