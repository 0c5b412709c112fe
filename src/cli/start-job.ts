/** Starts a job, exactly once. */
import { randomUUID } from 'node:crypto';
import type { JobDetail } from '../contract/job.ts';
import type { StartJobBody } from '../contract/start.ts';
import { RefusedError, type ApiClient } from './api-client.ts';
import { plain } from './console.ts';
import { CommandError } from './exit.ts';

const about = new Set(['missing_inputs', 'invalid_request', 'invalid_runbook']);
const remedy = 'Values are given with --input name=value, secrets with --secret-file file, a row with --data file.';

/** The server's list of what is wrong, a line each. */
function inWords(error: unknown): unknown {
  if (!(error instanceof RefusedError) || !error.problem) return error;
  if (error.problem.code === 'plan_required')
    return new CommandError(`The job was not started. ${plain(error.problem.detail, 500)}\nWithout --video it starts.`, undefined, {
      cause: error,
    });
  if (!about.has(error.problem.code)) return error;
  const { title, detail, errors = [], code } = error.problem;
  const lines = errors.map(
    ({ path, message, line }) => `  ${line === undefined ? '' : `line ${line}, `}${plain(path)}: ${plain(message, 500)}`,
  );
  const text = [
    `The job was not started. ${title}${lines.length === 0 ? `: ${detail}` : ':'}`,
    ...lines,
    ...(code === 'missing_inputs' ? [remedy] : []),
  ];
  return new CommandError(text.join('\n'), undefined, { cause: error });
}

/** A connection that breaks is tried again: by its key the server knows that it is the same request. @throws CommandError */
export async function startJob(api: ApiClient, body: StartJobBody): Promise<JobDetail> {
  try {
    return await api.json<JobDetail>('POST', '/api/jobs', { body, headers: { 'idempotency-key': randomUUID() }, patient: true });
  } catch (error) {
    throw inWords(error);
  }
}
