/** The execution report of a job, made of its state alone: it says what the page of the job says. */
import type { Artifact } from '../contract/artifact.ts';
import type { CapturedValue, JobState, StepState } from '../contract/job.ts';
import type { ExecutionReport, StepExecutionResult } from '../contract/report.ts';
import type { JobInput } from '../contract/step-task.ts';
import { parseTemplate, renderTemplate } from './bindings.ts';
import { isOver } from './decide.ts';
import { placed } from './plan.ts';
import { mask } from './redact.ts';
import { notesOf } from './report-notes.ts';
import { outcomeOf } from './report-outcome.ts';

/** `artifacts`: oldest first; null: their list cannot be read now. `understudy`: the version of this server. */
type Beside = { now: string; artifacts: readonly Artifact[] | null; understudy: string };

const unlisted = 'The list of files cannot be read now: Postgres does not answer. What the job has kept will be told when it is back.';

const between = (from: string, to: string): number => Math.max(0, Date.parse(to) - Date.parse(from));

/** Sensitive values stand as their mask. */
function valuesOf(captures: readonly CapturedValue[]): Partial<StepExecutionResult> {
  if (captures.length === 0) return {};
  const cut = captures.filter(({ truncated }) => truncated).map(({ name }) => name);
  const capturedValues = Object.fromEntries(captures.map(({ name, value }) => [name, value ?? mask]));
  return { capturedValues, ...(cut.length > 0 && { truncatedValues: cut }) };
}

/** What most steps have not. */
function extrasOf(step: StepState): Partial<StepExecutionResult> {
  const { captures, matchedBy, missed, runs, loop, files = [], dialogs } = step;
  return {
    ...endOfStep(step),
    ...valuesOf(captures),
    ...(matchedBy !== undefined && { matchedBy }),
    ...(missed && { missedSelectors: missed }),
    ...(runs && { runs }),
    ...(loop && { iterations: loop.iterations }),
    ...(files.length > 0 && { files }),
    ...(dialogs && { dialogs }),
    ...proofOf(step),
  };
}

/** A step in a loop that failed once still knows why it was skipped another time. */
const endOfStep = ({ status, error, skippedBecause }: StepState): Partial<StepExecutionResult> => ({
  ...(error && { error: error.message, errorDetails: error }),
  ...(status === 'skipped' && skippedBecause && { skippedBecause }),
});

/** When and where it was, what went wrong in the page meanwhile, and who was asked. */
function proofOf({ startedAt, finishedAt, page, troubles, approvals, container }: StepState): Partial<StepExecutionResult> {
  return {
    ...(startedAt !== undefined && { startedAt }),
    ...(finishedAt !== undefined && { finishedAt }),
    ...(page && { page }),
    ...(troubles && { troubles }),
    ...(approvals && { approvals }),
    ...(container && { container }),
  };
}

function resultOf(step: StepState): StepExecutionResult {
  const { ordinal, id, description, depth = 0, status, durationMs = 0, action, retries, attempt } = step;
  return { ordinal, id, description, depth, status, durationMs, actionType: action, retries, attempts: attempt, ...extrasOf(step) };
}

/** Steps were left over that nobody decided to leave out. */
const isCutShort = ({ steps, status }: JobState): boolean =>
  status === 'cancelled' ||
  (isOver(status) &&
    steps.some(({ skippedBecause, loop }) => skippedBecause === 'not_reached' || skippedBecause === 'cancelled' || loop?.cut));

/** What a person should know although no step failed of it; what is missing is told apart. */
function warningsOf({ notices, steps, missing = [] }: JobState): string[] {
  const told = notices.filter(({ kind, text }) => kind === 'warning' && !missing.includes(text)).map(({ text }) => text);
  const repairs = steps.flatMap(({ ordinal, description, missed = [], matchedBy }) =>
    missed.length > 0 ? [`Step ${ordinal} (${description}) was found by ${matchedBy ?? 'another field'}; not by ${missed.join(', ')}`] : [],
  );
  const dialogs = steps.flatMap(({ ordinal, description, dialogs: seen = [] }) =>
    seen
      .filter(({ asked }) => !asked)
      .map(
        ({ type, message }) =>
          `Step ${ordinal} (${description}): a dialog (${type}) that the step does not mention was dismissed: ${message}`,
      ),
  );
  const files = steps.flatMap(({ ordinal, description, files: left = [] }) =>
    left.flatMap(({ note }) => (note === undefined ? [] : [`Step ${ordinal} (${description}): ${note}`])),
  );
  return [...told, ...repairs, ...dialogs, ...files];
}

/** The address that the job opens first, with the values that may be shown; expressions stand as they are written. Empty when it opens none. */
export function startUrlOf({ steps, settings, inputs }: Pick<JobInput, 'steps' | 'settings' | 'inputs'>): string {
  const first = placed(steps).find(({ step }) => step.action.type === 'navigate')?.step.action;
  if (first?.type !== 'navigate') return '';
  const shown = new Map(inputs.map(({ name, value }) => [name, value ?? mask]));
  const values = { value: (name: string) => shown.get(name) ?? `{{${name}}}`, evaluate: (expression: string) => `{{ ${expression} }}` };
  const render = (template: string): string => renderTemplate(parseTemplate(template), values);
  const url = render(first.url);
  const base = settings.baseUrl === undefined ? undefined : render(settings.baseUrl);
  return base !== undefined && !/^[a-z][a-z0-9+.-]*:/i.test(url) && URL.canParse(url, base) ? new URL(url, base).href : url;
}

function countsOf({ counts }: JobState) {
  const { total: totalSteps, succeeded, failed, skipped, retries } = counts;
  return { totalSteps, executed: succeeded + failed, succeeded, failed, skipped, retries };
}

const videosOf = (jobId: string, artifacts: readonly Artifact[]): Partial<ExecutionReport> => {
  const videos = artifacts.filter(({ kind }) => kind === 'video');
  return videos.length > 0 ? { videoPaths: videos.map(({ id }) => `/api/jobs/${jobId}/artifacts/${id}`) } : {};
};

/** By the artifacts: a step may keep its file and fail afterwards, and of a step in a loop the state knows only the last ones. */
function filesOf({ steps }: JobState, artifacts: readonly Artifact[] | null): Partial<ExecutionReport> {
  const files = artifacts?.filter(({ kind }) => kind === 'download' || kind === 'export') ?? steps.flatMap((step) => step.files ?? []);
  return files.length > 0 ? { downloadedFiles: files.map(({ name }) => name) } : {};
}

/** What many jobs have not. */
function givenOf({ collections, rerunOf, options, error }: JobState): Partial<ExecutionReport> {
  return {
    ...(collections && { memoryCollections: collections }),
    ...(rerunOf && { rerunOf }),
    ...(options && { options }),
    ...(error && { error }),
  };
}

const versionsOf = ({ browser, runbook }: JobState, understudy: string): ExecutionReport['versions'] => ({
  understudy,
  ...(browser !== undefined && { browser }),
  ...(runbook && { runbook: runbook.version }),
});

/**
 * The report of a job, also of one that is not over: `status` tells, and the duration runs until `now` (ISO 8601). `startUrl`: what `startUrlOf` gives.
 * Values that nobody may see are masked.
 */
export function reportOf(state: JobState, startUrl: string, { now, artifacts, understudy }: Beside): ExecutionReport {
  const { id: jobId, status, title: runbookTitle, runbook, requestedBy, inputs, startedAt = null, finishedAt = null } = state;
  return {
    ...{ jobId, status, runbookTitle, runbook, requestedBy, inputs, startUrl, startedAt, finishedAt, reportedAt: now },
    ...countsOf(state),
    ...givenOf(state),
    ...filesOf(state, artifacts),
    ...videosOf(jobId, artifacts ?? []),
    aborted: isCutShort(state),
    steps: state.steps.map(resultOf),
    totalDurationMs: startedAt === null ? 0 : between(startedAt, finishedAt ?? now),
    warnings: warningsOf(state),
    outcome: outcomeOf(state),
    notes: notesOf(state),
    notices: state.notices,
    artifacts: [...(artifacts ?? [])],
    missing: [...(state.missing ?? []), ...(artifacts === null ? [unlisted] : [])],
    versions: versionsOf(state, understudy),
  };
}
