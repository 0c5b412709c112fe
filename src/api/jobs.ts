/** Handlers of /api/jobs. */
import type { ListJobsQuery } from '../contract/lists.ts';
import { countJobs, listJobs, type Cursor } from '../db/jobs.ts';
import type { ApiDependencies } from './dependencies.ts';
import { idempotencyKey } from './idempotency.ts';
import { initialState, readJob, toDetail } from './job-reader.ts';
import { ApiProblem } from './problem.ts';
import type { Handlers } from './route.ts';
import { startJob } from './start-job.ts';

export type JobHandlers = Pick<Handlers, 'startJob' | 'listJobs' | 'getJob'>;

export function jobHandlers(deps: ApiDependencies): JobHandlers {
  return {
    async startJob({ body, req, res }) {
      const { jobId, input } = await startJob(deps, body, idempotencyKey(req.get('idempotency-key')));
      res.location(`/api/jobs/${jobId}`);
      // What was just stored need not be asked of a workflow that is still starting.
      if (input) return toDetail(initialState(input), deps);
      res.status(200);
      return readJob(deps, jobId);
    },
    listJobs: async ({ query }) => list(deps, query),
    getJob: ({ params }) => readJob(deps, params.id),
  };
}

async function list({ database }: ApiDependencies, query: ListJobsQuery) {
  const { status, runbook, q, from, to, limit, after } = query;
  const filter = { runbook, q, from, to };
  const [{ rows, next }, counts] = await Promise.all([
    listJobs(database.db, { ...filter, status }, { limit, after: after === undefined ? undefined : decodeCursor(after) }),
    countJobs(database.db, filter),
  ]);
  return { jobs: rows, next: next && encodeCursor(next), counts };
}

const encodeCursor = (cursor: Cursor): string => Buffer.from(`${cursor.createdAt} ${cursor.id}`).toString('base64url');

function decodeCursor(text: string): Cursor {
  const [createdAt = '', id = ''] = Buffer.from(text, 'base64url').toString('utf8').split(' ');
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(createdAt) && !Number.isNaN(Date.parse(createdAt)) && /^[\w.:-]{1,100}$/.test(id))
    return { createdAt, id };
  throw new ApiProblem('invalid_request', 'the cursor is not one of ours', {
    errors: [{ path: 'after', message: 'must be the `next` of a page' }],
  });
}
