/** What can go wrong: with a step, and with a request. */
import { z } from 'zod';

export const StepErrorCode = z.enum([
  'element_not_found',
  'ambiguous',
  'page_structure_changed',
  'element_stale',
  'navigation_timeout',
  'navigation_failed',
  'timeout',
  'action_failed',
  'assertion_failed',
  'capture_failed',
  'value_missing',
  'blocked_address',
  'browser_crashed',
  'outcome_unknown',
  'rejected',
  'session_lost',
  'unknown',
]);
export type StepErrorCode = z.infer<typeof StepErrorCode>;

/** One selector field that was tried: how many elements it gave, and how many were left after the filters. */
export const Candidate = z.object({ field: z.string(), value: z.string(), found: z.number().int(), left: z.number().int() });
export type Candidate = z.infer<typeof Candidate>;

/** Evidence that a person can act on. Lists are cut (candidates 20, console 20, requests 20), texts at 500 characters. */
export const Diagnostics = z.object({
  url: z.string().optional(),
  title: z.string().optional(),
  candidates: z.array(Candidate).optional(),
  /** short descriptions of the elements that matched, for `ambiguous` */
  matches: z.array(z.string()).optional(),
  /** elements that may have been meant, in a sentence each: a button “Sign in” exists, “Log in” was asked for */
  lookAlikes: z.array(z.string()).optional(),
  console: z.array(z.string()).optional(),
  failedRequests: z.array(z.string()).optional(),
});
export type Diagnostics = z.infer<typeof Diagnostics>;

export const StepError = z.object({
  code: StepErrorCode,
  message: z.string(),
  /** what a person can do about it */
  hint: z.string(),
  diagnostics: Diagnostics.optional(),
});
export type StepError = z.infer<typeof StepError>;

export const ProblemCode = z.enum([
  'invalid_request',
  'invalid_runbook',
  'missing_inputs',
  'unsupported_media_type',
  'body_too_large',
  'not_found',
  'forbidden_host',
  'forbidden_origin',
  'action_not_allowed',
  'approval_id_missing',
  'approval_superseded',
  'repeats_unconfirmed',
  'idempotency_conflict',
  'method_not_allowed',
  'plan_required',
  'not_built',
  'engine_unavailable',
  'database_unavailable',
  'internal',
]);
export type ProblemCode = z.infer<typeof ProblemCode>;

/** `application/problem+json` (RFC 9457) with our `code`; `errors` names fields, or lines of a runbook. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: ProblemCode,
  detail: z.string(),
  errors: z
    .array(z.object({ path: z.string(), message: z.string(), line: z.number().int().optional(), column: z.number().int().optional() }))
    .optional(),
  /** for `action_not_allowed` and `approval_superseded`: the job's status, and the actions allowed now */
  jobStatus: z.string().optional(),
  allowed: z.array(z.string()).optional(),
});
export type Problem = z.infer<typeof Problem>;
