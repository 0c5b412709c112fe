/** What a new job and another attempt of one have in common: the check of its size, the row, the key of the request, the start of the workflow. */
import { createHash } from 'node:crypto';
import type { JobOptions } from '../contract/evidence.ts';
import type { InputValue, RunbookRef } from '../contract/job.ts';
import type { Runbook } from '../contract/runbook.ts';
import type { JobInput } from '../contract/step-task.ts';
import { inTransaction } from '../db/database.ts';
import { claimKey, findKey, type KeyUse } from '../db/idempotency-keys.ts';
import { insertJobValues, type JobValues } from '../db/job-values.ts';
import { insertJob } from '../db/jobs.ts';
import { planSteps } from '../domain/plan.ts';
import { allowsVideo, whyNoVideo } from '../domain/plans.ts';
import { headerOf } from '../domain/reduce.ts';
import { resolveInputs, type DataRow, type InputMistake } from '../domain/resolve-inputs.ts';
import { toRow } from '../domain/row.ts';
import type { ApiDependencies } from './dependencies.ts';
import { newJobId } from './job-id.ts';
import { initialState } from './job-reader.ts';
import { ApiProblem } from './problem.ts';

/** `input` only for a job that this request has created. */
export type Started = { jobId: string; input?: JobInput };
export type CreateDependencies = Pick<ApiDependencies, 'database' | 'gateway' | 'vault' | 'settings' | 'log'>;
/** `source`: YAML of a runbook that is in no library. `chain`: id of the first of several attempts. */
export type Planned = { input: JobInput; values: JobValues; source?: string; chain?: string };
/** `body`: what the key was used for, by which a repeated request is told from another one; `plan` is called only for a new job. */
type Request = { body: unknown; key: string | undefined; plan: () => Promise<Planned> };

/**
 * Stores the job and starts its workflow. With a key that was used for the same body, the first job is the answer.
 * Once the row is stored the job will run: if Temporal fails just then, the reconciler starts it.
 */
export async function createJob(deps: CreateDependencies, { body, key, plan }: Request): Promise<Started> {
  const bodyHash = createHash('sha256').update(canonical(body)).digest('hex');
  const first = key === undefined ? undefined : await findKey(deps.database.db, key);
  if (first) return sameRequest(first, bodyHash);
  const planned = await plan();
  refuseTooLarge(planned.input);
  await deps.gateway.ping();
  const stored = await store(deps, planned, key === undefined ? undefined : { key, bodyHash, jobId: planned.input.jobId });
  if (!stored.input) return stored;
  await deps.gateway
    .start(planned.input)
    .catch((err: unknown) => deps.log.warn({ err, jobId: stored.jobId }, 'the job is stored; its workflow is started later'));
  return stored;
}

/** Temporal refuses more than 2 MB: such a job would wait for its workflow for ever. */
const largestInput = 1_500_000;

function refuseTooLarge(input: JobInput): void {
  const bytes = Buffer.byteLength(JSON.stringify(input));
  if (bytes <= largestInput) return;
  const size = `${(bytes / 1e6).toFixed(1)} MB with its aliases written out, and at most ${largestInput / 1e6} MB can be carried out; split it`;
  throw new ApiProblem('invalid_request', `the runbook is too large for a job: ${size}`, {
    status: 422,
    errors: [{ path: 'steps', message: size }],
  });
}

const shownLength = 2_000;

/** What is shown of a value travels with every change of the job; the steps get the whole one from the vault. */
const shortened = ({ name, value }: InputValue): InputValue => ({
  name,
  value: value !== null && value.length > shownLength ? `${value.slice(0, shownLength).replace(/[\ud800-\udbff]$/, '')}…` : value,
});

/** The order of keys is no difference. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );

function sameRequest(first: KeyUse, bodyHash: string): Started {
  if (first.bodyHash === bodyHash) return { jobId: first.jobId };
  throw new ApiProblem('idempotency_conflict', `this key started job ${first.jobId} with another body; use a new key for a new job`);
}

type Plan = {
  runbook: Runbook;
  ref: RunbookRef | null;
  inputs: Record<string, string>;
  secrets: Record<string, string>;
  data?: DataRow;
  requestedBy: string | undefined;
  options: JobOptions | undefined;
  /** more that a value is missing for */
  mistakes?: InputMistake[];
};

/** Only what was asked for travels. @throws ApiProblem plan_required */
function optionsOf({ plan }: CreateDependencies['settings'], options: JobOptions = {}): Pick<JobInput, 'options'> {
  if (options.video && !allowsVideo(plan)) {
    const message = whyNoVideo(plan, null) ?? '';
    throw new ApiProblem('plan_required', message, { errors: [{ path: 'options.video', message }] });
  }
  return Object.keys(options).length > 0 ? { options } : {};
}

/** @throws ApiProblem missing_inputs, invalid_request, plan_required */
export function planJob({ settings }: CreateDependencies, plan: Plan): Pick<Planned, 'input' | 'values'> {
  const { runbook, ref, inputs, secrets, data, requestedBy = 'api', mistakes = [] } = plan;
  const options = optionsOf(settings, plan.options);
  const { env, envAllow, publicUrl, parkAfterMs } = settings;
  const resolved = resolveInputs({ runbook, inputs, secrets, data, env, envAllow });
  const wrong = [...mistakes, ...resolved.mistakes];
  if (wrong.length > 0) throw inputProblem(wrong);
  const jobId = newJobId();
  const input: JobInput = {
    jobId,
    title: runbook.title,
    runbook: ref,
    requestedBy,
    createdAt: new Date().toISOString(),
    inputs: resolved.shown.map(shortened),
    settings: runbook.settings,
    steps: planSteps(runbook),
    consoleUrl: publicUrl ? new URL(`/jobs/${jobId}`, publicUrl).href : null,
    parkAfterMs,
    ...options,
  };
  return { input, values: { values: resolved.values, expressions: resolved.expressions } };
}

/** Missing values, and nothing else wrong: `missing_inputs`. */
function inputProblem(mistakes: InputMistake[]): ApiProblem {
  const missing = mistakes.every((mistake) => mistake.path.startsWith('variables.'));
  const detail = mistakes
    .map((mistake) => mistake.message)
    .join('; ')
    .slice(0, 1_000);
  return new ApiProblem(missing ? 'missing_inputs' : 'invalid_request', detail, { status: 422, errors: mistakes });
}

class KeyTaken extends Error {
  readonly first: KeyUse;
  constructor(first: KeyUse) {
    super('the Idempotency-Key was claimed by a request at the same time');
    this.first = first;
  }
}

/** Row, values and key in one transaction; a key that a request at the same time has claimed undoes all of it. */
async function store(
  { database, vault }: CreateDependencies,
  { input, values, source, chain }: Planned,
  use: KeyUse | undefined,
): Promise<Started> {
  const state = initialState(input);
  const { line, bar } = toRow(state);
  try {
    await inTransaction(database.db, async (tx) => {
      const sealedSource = source === undefined ? undefined : vault.seal(source);
      await insertJob(tx, { header: headerOf(state), line, bar, input, sealedSource, chain });
      await insertJobValues(tx, vault, { jobId: input.jobId, values });
      const claim = use && (await claimKey(tx, use));
      if (claim && !claim.claimed) throw new KeyTaken(claim.first);
    });
  } catch (error) {
    if (error instanceof KeyTaken && use) return sameRequest(error.first, use.bodyHash);
    throw error;
  }
  return { jobId: input.jobId, input };
}
