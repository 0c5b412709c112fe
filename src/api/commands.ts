/** Handlers of everything that may be asked of a job. The workflow decides; what it refuses is 409. */
import { randomUUID } from 'node:crypto';
import type { Request as HttpRequest } from 'express';
import type { Command, CommandBody } from '../contract/command.ts';
import type { JobAction } from '../contract/job.ts';
import { isDatabaseAway } from '../db/database.ts';
import { findJob, type StoredJob } from '../db/jobs.ts';
import type { ApiDependencies } from './dependencies.ts';
import { idempotencyKey } from './idempotency.ts';
import { noSuchJob, readJob } from './job-reader.ts';
import { ApiProblem } from './problem.ts';
import { reconcileJob } from './reconciler.ts';
import type { Handlers } from './route.ts';
import type { CommandAnswer } from './temporal-gateway.ts';

export type CommandHandlers = Pick<
  Handlers,
  'pauseJob' | 'resumeJob' | 'cancelJob' | 'approveJob' | 'rejectJob' | 'resolveJob' | 'startJobNow'
>;
type Answers = Pick<Command, 'approvalId' | 'stepId' | 'attempt' | 'outcome'>;
type Parsed = { params: { id: string }; body: CommandBody & Answers; req: Pick<HttpRequest, 'get'> };
type Request = { jobId: string; command: Command; updateId: string };

export function commandHandlers(deps: ApiDependencies): CommandHandlers {
  const handler =
    (action: JobAction) =>
    async ({ params, body, req }: Parsed) => {
      const key = idempotencyKey(req.get('idempotency-key'));
      const command = { ...body, action, actor: body.actor ?? 'api' };
      // an Update's id is one per workflow: without the action, a cancel with the key of a pause would be answered with the pause
      await send(deps, { jobId: params.id, command, updateId: `${action}:${key ?? randomUUID()}` });
      return readJob(deps, params.id);
    };
  return {
    pauseJob: handler('pause'),
    resumeJob: handler('resume'),
    cancelJob: handler('cancel'),
    approveJob: handler('approve'),
    rejectJob: handler('reject'),
    resolveJob: handler('resolve'),
    startJobNow: handler('start_now'),
  };
}

async function send(deps: ApiDependencies, request: Request): Promise<void> {
  const { command, jobId } = request;
  const job = await storedJob(deps, jobId);
  if (job?.finished) throw ended(job, command.action);
  // Nothing was heard of the workflow yet: perhaps it was never started.
  if (job?.input && job.header.seq === 0) await deps.gateway.start(job.input);
  const answer = await deps.gateway.command(jobId, command, request.updateId);
  if (answer.outcome === 'gone') throw await afterTheEnd(deps, job, request);
  if (answer.outcome === 'refused') throw refused(answer);
}

function refused({ code, reason, status, allowed }: Extract<CommandAnswer, { outcome: 'refused' }>): ApiProblem {
  if (code === 'approval_id_missing') return new ApiProblem(code, reason, { errors: [{ path: 'approvalId', message: reason }] });
  return new ApiProblem(code, reason, { jobStatus: status, allowed });
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
async function afterTheEnd(
  deps: ApiDependencies,
  job: StoredJob | undefined,
  { jobId, command: { action } }: Request,
): Promise<ApiProblem> {
  if (!job) return noSuchJob(jobId);
  await reconcileJob(deps, job);
  return ended((await findJob(deps.database.db, jobId)) ?? job, action);
}

function ended({ header, finished }: StoredJob, action: JobAction): ApiProblem {
  const status = header.status;
  const detail = `${action} is not possible: the job ${finished ? `is ${status}` : 'has just ended'}; nothing can be asked of it any more`;
  return new ApiProblem('action_not_allowed', detail, { jobStatus: status, allowed: [] });
}
