/** Handlers of pause, resume and cancel. The workflow decides; what it refuses is 409. */
import { randomUUID } from 'node:crypto';
import type { Request as HttpRequest } from 'express';
import type { CommandBody } from '../contract/command.ts';
import type { JobAction } from '../contract/job.ts';
import { isDatabaseAway } from '../db/database.ts';
import { findJob, type StoredJob } from '../db/jobs.ts';
import type { ApiDependencies } from './dependencies.ts';
import { idempotencyKey } from './idempotency.ts';
import { noSuchJob, readJob } from './job-reader.ts';
import { ApiProblem } from './problem.ts';
import { reconcileJob } from './reconciler.ts';
import type { Handlers } from './route.ts';

export type CommandHandlers = Pick<Handlers, 'pauseJob' | 'resumeJob' | 'cancelJob'>;
type Parsed = { params: { id: string }; body: CommandBody; req: Pick<HttpRequest, 'get'> };
type Request = { jobId: string; action: JobAction; body: CommandBody; updateId: string };

export function commandHandlers(deps: ApiDependencies): CommandHandlers {
  const handler =
    (action: JobAction) =>
    async ({ params, body, req }: Parsed) => {
      const key = idempotencyKey(req.get('idempotency-key'));
      // an Update's id is one per workflow: without the action, a cancel with the key of a pause would be answered with the pause
      await send(deps, { jobId: params.id, action, body, updateId: `${action}:${key ?? randomUUID()}` });
      return readJob(deps, params.id);
    };
  return { pauseJob: handler('pause'), resumeJob: handler('resume'), cancelJob: handler('cancel') };
}

async function send(deps: ApiDependencies, request: Request): Promise<void> {
  const job = await storedJob(deps, request.jobId);
  if (job?.finished) throw ended(job, request.action);
  // Nothing was heard of the workflow yet: perhaps it was never started.
  if (job?.input && job.header.seq === 0) await deps.gateway.start(job.input);
  const { action, body, jobId } = request;
  const command = { action, actor: body.actor ?? 'api', comment: body.comment };
  const answer = await deps.gateway.command(jobId, command, request.updateId);
  if (answer.outcome === 'accepted') return;
  if (answer.outcome === 'gone') throw await afterTheEnd(deps, job, request);
  const { reason, status, allowed } = answer;
  throw new ApiProblem('action_not_allowed', reason, { jobStatus: status, allowed });
}

/** Undefined only while Postgres is away: commands must work then, too. */
async function storedJob({ database }: ApiDependencies, jobId: string): Promise<StoredJob | undefined> {
  try {
    const job = await findJob(database.db, jobId);
    if (!job) throw noSuchJob(jobId);
    return job;
  } catch (error) {
    if (isDatabaseAway(error)) return undefined;
    throw error;
  }
}

/** The workflow has ended and the row does not say so yet. */
async function afterTheEnd(deps: ApiDependencies, job: StoredJob | undefined, { jobId, action }: Request): Promise<ApiProblem> {
  if (!job) return noSuchJob(jobId);
  await reconcileJob(deps, job);
  return ended((await findJob(deps.database.db, jobId)) ?? job, action);
}

function ended({ header, finished }: StoredJob, action: JobAction): ApiProblem {
  const status = header.status;
  const detail = `${action} is not possible: the job ${finished ? `is ${status}` : 'has just ended'}; nothing can be asked of it any more`;
  return new ApiProblem('action_not_allowed', detail, { jobStatus: status, allowed: [] });
}
