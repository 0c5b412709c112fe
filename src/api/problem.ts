/** Errors that a client sees, always as `application/problem+json` (RFC 9457). */
import type { ErrorRequestHandler, Response } from 'express';
import type { z } from 'zod';
import type { Problem, ProblemCode } from '../contract/error.ts';
import { isDatabaseAway } from '../db/database.ts';
import type { Log } from '../log.ts';

const titles: Record<ProblemCode, [status: number, title: string]> = {
  invalid_request: [400, 'The request is not valid'],
  invalid_runbook: [422, 'The runbook has mistakes'],
  missing_inputs: [422, 'Values are missing'],
  unsupported_media_type: [415, 'Send application/json'],
  body_too_large: [413, 'The body is too large'],
  not_found: [404, 'Not found'],
  forbidden_host: [403, 'The Host header is not allowed'],
  forbidden_origin: [403, 'The Origin is not allowed'],
  action_not_allowed: [409, 'The action is not allowed now'],
  approval_id_missing: [400, 'The answer does not say what it answers'],
  approval_superseded: [409, 'Something else is asked now'],
  repeats_unconfirmed: [422, 'Steps that happen once would happen again'],
  idempotency_conflict: [409, 'The Idempotency-Key was used for another request'],
  method_not_allowed: [405, 'The method is not allowed'],
  plan_required: [403, 'The plan of this installation has no part in it'],
  not_built: [503, 'A part of this server is not built'],
  engine_unavailable: [503, 'Temporal does not answer'],
  database_unavailable: [503, 'Postgres does not answer'],
  internal: [500, 'Something went wrong here'],
};

export type FieldErrors = NonNullable<Problem['errors']>;
type Extras = Pick<Problem, 'errors' | 'jobStatus' | 'allowed'> & { status?: number; cause?: unknown };

/** Thrown anywhere below a route. `detail` says what happened and what to do next. */
export class ApiProblem extends Error {
  override name = 'ApiProblem';
  readonly code: ProblemCode;
  readonly status: number;
  readonly extras: Extras;

  constructor(code: ProblemCode, detail: string, extras: Extras = {}) {
    super(detail, { cause: extras.cause });
    this.code = code;
    this.status = extras.status ?? titles[code][0];
    this.extras = extras;
  }

  toJSON(): Problem {
    const { errors, jobStatus, allowed } = this.extras;
    const title = titles[this.code][1];
    return {
      type: `urn:understudy:problem:${this.code}`,
      title,
      status: this.status,
      code: this.code,
      detail: this.message,
      errors,
      jobStatus,
      allowed,
    };
  }
}

export function sendProblem(res: Response, problem: ApiProblem): void {
  res.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
}

const pathOf = (path: PropertyKey[]): string =>
  path.map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${String(part)}`)).join('');

/** Every wrong field by name; `place` (body, query, params) stands where the whole is wrong. */
export function fieldErrors(error: z.ZodError, place: string): FieldErrors {
  return error.issues.slice(0, 50).map((issue) => ({ path: pathOf(issue.path) || place, message: issue.message.slice(0, 500) }));
}

type HttpError = { status?: unknown; type?: unknown; message?: unknown };
const bodyTooLarge = 'at most 1 MB is accepted';

/** What Express and its body parser throw for requests that they cannot read. */
function fromHttpError({ status, type, message }: HttpError): ApiProblem | undefined {
  if (typeof status !== 'number' || status < 400 || status > 499) return undefined;
  if (status === 413) return new ApiProblem('body_too_large', bodyTooLarge);
  if (status === 415) return new ApiProblem('unsupported_media_type', String(message));
  if (type === 'entity.parse.failed') return new ApiProblem('invalid_request', `the body is not JSON: ${String(message).slice(0, 200)}`);
  return new ApiProblem('invalid_request', String(message).slice(0, 200));
}

export function toProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  if (isDatabaseAway(error))
    return new ApiProblem('database_unavailable', 'Postgres cannot be reached; jobs go on. Try again in a moment.', { cause: error });
  const known = typeof error === 'object' && error !== null ? fromHttpError(error) : undefined;
  return known ?? new ApiProblem('internal', 'The request could not be carried out; the log of the api has the details.', { cause: error });
}

export function problemHandler(log: Log): ErrorRequestHandler {
  return (error: unknown, req, res, _next) => {
    const problem = toProblem(error);
    if (problem.code === 'internal') log.error({ err: error, method: req.method, path: req.path }, 'request failed');
    if (res.headersSent) res.destroy();
    else sendProblem(res, problem);
  };
}
