/** The job that another attempt is made of: its state, its runbook, and what the attempts before it did. */
import type { JobState, RunbookRef, StepState } from '../contract/job.ts';
import type { Runbook } from '../contract/runbook.ts';
import { findJobOrigin } from '../db/job-origins.ts';
import { findRunbook } from '../db/runbooks.ts';
import { allowedActions, isOver } from '../domain/decide.ts';
import { isLeftOut } from '../domain/rerun-steps.ts';
import { parseRunbook } from '../language/parse-runbook.ts';
import type { ApiDependencies } from './dependencies.ts';
import { noSuchJob, readTimeline } from './job-reader.ts';
import { ApiProblem } from './problem.ts';

type Deps = Pick<ApiDependencies, 'database' | 'gateway' | 'vault'>;
/** `source`: the YAML when the runbook is in no library. `chain`: id of the first attempt. */
export type Origin = { state: JobState; runbook: Runbook; ref: RunbookRef | null; source?: string; chain: string; wasParked: boolean };

/** @throws ApiProblem not_found, action_not_allowed (the job is not over), invalid_request (its runbook is gone) */
export async function readOrigin(deps: Deps, jobId: string): Promise<Origin> {
  const timeline = await readTimeline(deps, jobId);
  const origin = timeline && (await findJobOrigin(deps.database.db, jobId));
  if (!timeline || !origin) throw noSuchJob(jobId);
  const { state, events } = timeline;
  if (!isOver(state.status)) throw notOver(state);
  const wasParked = events.some(({ type }) => type === 'job.parked' || type === 'browser.lost');
  const chosen = state.runbook ? await fromLibrary(deps, state.runbook) : fromSource(deps, origin.sealedSource);
  return { ...chosen, state: await withKeptSteps(deps, state), chain: origin.chain ?? jobId, wasParked };
}

function notOver(state: JobState): ApiProblem {
  const words = state.status.replaceAll('_', ' ');
  return new ApiProblem('action_not_allowed', `rerun is not possible while the job is ${words}; wait until it has ended, or cancel it`, {
    jobStatus: state.status,
    allowed: allowedActions(state),
  });
}

const noRunbook = (why: string): ApiProblem =>
  new ApiProblem('invalid_request', `this job cannot be run again: ${why}; start a new job instead`, {
    status: 422,
    errors: [{ path: 'runbook', message: why }],
  });

async function fromLibrary({ database }: Deps, ref: RunbookRef): Promise<Pick<Origin, 'runbook' | 'ref'>> {
  const found = await findRunbook(database.db, ref.id, ref.version);
  if (!found) throw noRunbook(`version ${ref.version} of its runbook ${ref.id} is not in the library any more`);
  return { runbook: found.runbook, ref };
}

function fromSource({ vault }: Deps, sealed: Buffer | null): Pick<Origin, 'runbook' | 'ref' | 'source'> {
  if (!sealed) throw noRunbook('its runbook came with the request and was not kept');
  const source = opened(vault, sealed);
  const { runbook, errors } = parseRunbook(source);
  if (!runbook) throw noRunbook(`its runbook is not valid any more (line ${errors[0]?.line ?? 1}: ${errors[0]?.message ?? 'unknown'})`);
  return { runbook, ref: null, source };
}

function opened(vault: Deps['vault'], sealed: Buffer): string {
  try {
    return vault.open(sealed);
  } catch {
    throw noRunbook('its runbook was sealed with another key (UNDERSTUDY_KEY) than the one in use now');
  }
}

/** Chains are short; this ends what can have no end. */
const mostAttempts = 100;

/** An attempt did it, or left it out by the runbook's own conditions. */
const settled = (step: StepState): boolean => step.status === 'succeeded' || isLeftOut(step);
const wasKept = (step: StepState): boolean => step.skippedBecause === 'kept';

/** Steps that an attempt had kept say what the attempt that did them captured, and where it left the page. */
async function withKeptSteps(deps: Deps, state: JobState): Promise<JobState> {
  const done = await doneBefore(deps, state);
  const steps = state.steps.map((step) => {
    const before = done.get(step.id);
    return before ? asBefore(step, before) : step;
  });
  return { ...state, steps };
}

/** What was left out when it was its turn has not happened, though it stands before what is repeated. */
function asBefore(step: StepState, before: StepState): StepState {
  if (isLeftOut(before)) return before;
  const { captures, page, finishedAt, loop, files } = before;
  return { ...step, captures, page, finishedAt, loop, files };
}

/** By id, the kept steps as the attempt knows them that did them. */
async function doneBefore(deps: Deps, state: JobState): Promise<ReadonlyMap<string, StepState>> {
  const open = new Set(state.steps.filter(wasKept).map(({ id }) => id));
  const done = new Map<string, StepState>();
  let attempt: JobState | undefined = state;
  for (let n = 0; n < mostAttempts && attempt?.rerunOf && open.size > 0; n += 1) {
    attempt = (await readTimeline(deps, attempt.rerunOf.jobId))?.state;
    for (const step of attempt?.steps.filter(settled) ?? []) if (open.delete(step.id)) done.set(step.id, step);
  }
  return done;
}
