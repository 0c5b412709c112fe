/** `POST /api/jobs`: everything is decided here, at the edge, before a workflow starts. */
import type { RunbookRef } from '../contract/job.ts';
import type { StartJobBody } from '../contract/start.ts';
import type { Runbook } from '../contract/runbook.ts';
import { findRunbook } from '../db/runbooks.ts';
import { createJob, planJob, type CreateDependencies, type Planned, type Started } from './create-job.ts';
import { ApiProblem } from './problem.ts';
import { requireRunbook } from './runbook-source.ts';

export const startJob = (deps: CreateDependencies, body: StartJobBody, key: string | undefined): Promise<Started> =>
  createJob(deps, { body, key, plan: () => plan(deps, body) });

async function plan(deps: CreateDependencies, body: StartJobBody): Promise<Planned> {
  const scheduledFor = startTime(body.scheduledFor);
  const { inputs = {}, secrets = {}, data, requestedBy, options } = body;
  const { source, ...chosen } = await chooseRunbook(deps, body);
  const { input, values } = planJob(deps, { ...chosen, inputs, secrets, data, requestedBy, options });
  return { input: { ...input, ...(scheduledFor && { scheduledFor }) }, values, source };
}

const dayMs = 86_400_000;
/** Clocks differ and requests take time: what is this little past means now. */
const lateMs = 60_000;
const farthestDays = 366;

/** In UTC; undefined: at once. @throws ApiProblem invalid_request (422) */
function startTime(wanted: string | undefined): string | undefined {
  if (wanted === undefined) return undefined;
  const ahead = Date.parse(wanted) - Date.now();
  if (ahead >= 0 && ahead <= farthestDays * dayMs) return new Date(wanted).toISOString();
  if (ahead < 0 && ahead >= -lateMs) return undefined;
  const message = `must lie in the future, at most ${farthestDays} days ahead; leave it out to start at once`;
  throw new ApiProblem('invalid_request', `scheduledFor ${message}`, { status: 422, errors: [{ path: 'scheduledFor', message }] });
}

/** `source`: of a runbook that came with the request. */
type Chosen = { runbook: Runbook; ref: RunbookRef | null; source?: string };

async function chooseRunbook(deps: CreateDependencies, body: StartJobBody): Promise<Chosen> {
  if ((body.runbook === undefined) === (body.runbookId === undefined)) {
    const errors = [{ path: 'runbookId', message: 'give either runbookId or runbook (YAML)' }];
    throw new ApiProblem('invalid_request', 'give exactly one of runbookId and runbook', { errors });
  }
  if (body.runbook !== undefined) {
    const { source, parsed } = requireRunbook(body.runbook);
    return { runbook: parsed, ref: null, source };
  }
  const id = body.runbookId ?? '';
  const found = await findRunbook(deps.database.db, id, body.version);
  if (found) return { runbook: found.runbook, ref: { id, version: found.version } };
  const wanted = body.version === undefined ? id : `${id} version ${body.version}`;
  throw new ApiProblem('invalid_request', `there is no runbook ${wanted}`, {
    status: 422,
    errors: [{ path: 'runbookId', message: `there is no runbook ${wanted}` }],
  });
}
