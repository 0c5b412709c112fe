/** One attempt of a step, from `run` to its result. Knows the browser, but neither Temporal nor the ledger's answers. */
import type { Evidence } from '../contract/approval.ts';
import type { PageRef, SeenDialog } from '../contract/job.ts';
import type { StepError } from '../contract/error.ts';
import type { Trouble } from '../contract/evidence.ts';
import type { StepTask } from '../contract/step-task.ts';
import { secretTexts } from '../domain/secret-texts.ts';
import { probeMs } from './ask-probe.ts';
import type { AttemptInput } from './create-context.ts';
import { pageRef, toStepError } from './diagnostics.ts';
import { startLimit } from './limit.ts';
import { keepSnapshot } from './snapshot.ts';
import { BrowserGone, type Attached } from './pages.ts';
import { perform, type Performed, type Work } from './perform.ts';
import { lookAtAlike } from './look/mark.ts';
import { pictureName, takePicture } from './picture.ts';
import { pause, within } from './race.ts';
import type { Search } from './step-context.ts';
import { firstLine, Interrupted, Looked, StepFailure } from './step-failure.ts';
import { createValues, type Values } from './values.ts';

type Ended = { startedAt: string; finishedAt: string; retries: number; page?: PageRef; troubles?: Trouble[] };
export type AttemptResult =
  | (Ended & Performed & { outcome: 'done'; matchedBy?: string; missed?: string[]; dialogs?: SeenDialog[] })
  | { outcome: 'skipped' }
  | (Ended & { outcome: 'seen' | 'void'; evidence: Evidence })
  | (Ended & { outcome: 'failed'; error: StepError; screenshot?: string; dialogs?: SeenDialog[] });

/** @throws Interrupted, BrowserGone; everything else is a result */
export async function attemptStep(input: AttemptInput): Promise<AttemptResult> {
  const { task, attached, interrupt } = input;
  await waitBefore(task.pauseBefore, AbortSignal.any([interrupt, attached.gone]));
  const startedAt = new Date().toISOString();
  const limit = startLimit(limitOf(task));
  const search: Search = { retries: 0, candidates: [] };
  const { redact } = attached;
  const values = createValues(input.values, redact.know);
  redact.renew([...input.earlier, ...values.secrets()]);
  try {
    const performed = await perform({ input, limit, search, values, redact });
    if (!performed) return { outcome: 'skipped' };
    const finishedAt = new Date().toISOString();
    // a decision and a probe are no event of their own: nobody would see where the page was
    if (task.decide ?? task.probe) return { outcome: 'done', startedAt, finishedAt, retries: search.retries, ...performed };
    const [page, dialogs] = await Promise.all([pageRef(attached.page(), redact), dialogsOf(input, redact)]);
    const ended = { startedAt, finishedAt, retries: search.retries, page, ...dialogs, ...troublesOf(attached, startedAt, redact) };
    return { outcome: 'done', ...ended, matchedBy: search.matchedBy, missed: search.missed?.map(redact), ...performed };
  } catch (error) {
    const ended = { startedAt, finishedAt: new Date().toISOString(), retries: search.retries };
    if (error instanceof Looked) return { outcome: error.outcome, ...ended, ...looked(error) };
    const failure = classify(error, input);
    const [evidence, dialogs] = await Promise.all([evidenceOf(failure, { input, search, values, redact }), dialogsOf(input, redact)]);
    return { outcome: 'failed', ...ended, ...evidence, ...dialogs, ...troublesOf(attached, startedAt, redact) };
  } finally {
    limit.end();
  }
}

const limitOf = ({ step, probe }: StepTask): number => (probe ? Math.min(step.timeout || probeMs, probeMs) : step.timeout);

const mostTroubles = 5;

function troublesOf({ evidence }: Attached, startedAt: string, redact: (text: string) => string): { troubles?: Trouble[] } {
  const troubles = evidence.troubles(Date.parse(startedAt)).slice(0, mostTroubles);
  if (troubles.length === 0) return {};
  return {
    troubles: troubles.map(({ at, kind, text }) => ({ at: new Date(at).toISOString(), kind, text: redact(text).slice(0, longestMessage) })),
  };
}

const dialogMs = 1_000;
const longestMessage = 500;

/** Nothing is asked while pages have opened none. Told by the host meanwhile; that they cannot be had must not make a step fail. */
async function dialogsOf({ host, task, attached }: AttemptInput, redact: (text: string) => string): Promise<{ dialogs?: SeenDialog[] }> {
  if (task.look || attached.evidence.dialogs() === 0) return {};
  const seen = (await within(dialogMs, host.dialogs())) ?? [];
  const dialogs = seen.map((dialog) => ({ ...dialog, message: redact(dialog.message).slice(0, longestMessage) }));
  return dialogs.length > 0 ? { dialogs } : {};
}

const looked = ({ evidence }: Looked): { evidence: Evidence; page: PageRef } => ({
  evidence,
  page: { url: evidence.url, title: evidence.title },
});

/** Not part of the step's time. @throws Interrupted, BrowserGone */
async function waitBefore(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) throw interruption(signal);
  if (ms > 0) await pause(ms, signal).catch(() => Promise.reject(interruption(signal)));
}

const interruption = (signal: AbortSignal): Error => (signal.reason instanceof BrowserGone ? signal.reason : new Interrupted());

/** @throws Interrupted, BrowserGone */
function classify(error: unknown, { attached }: AttemptInput): StepFailure {
  if (attached.gone.aborted) throw attached.gone.reason;
  if (error instanceof StepFailure) return error;
  if (error instanceof Interrupted || error instanceof BrowserGone) throw error;
  const crashed = attached.evidence.crashedLately() || /Page crashed|Target crashed/i.test(firstLine(error));
  return new StepFailure(crashed ? 'browser_crashed' : 'unknown', firstLine(error));
}

type Failed = { error: StepError; page?: PageRef; screenshot?: string };

async function evidenceOf(failure: StepFailure, { input, search, values, redact }: Omit<Work, 'limit'>): Promise<Failed> {
  const { task, attached, dependencies } = input;
  await tellHost(input, values);
  const page = openPage(attached);
  const { jobId, instance, step, iterations } = task;
  // an attempt whose worker dies here is made again, and replaces what this one has kept
  const keyOf = (what: string): string => dependencies.mac(JSON.stringify([what, jobId, instance]));
  const detail = { because: 'failure' as const, ...(iterations && { iterations }) };
  const shot = { jobId, stepId: step.id, name: pictureName(step.id), key: keyOf('failure picture'), detail };
  const wanted = page !== undefined && step.screenshot !== 'never';
  const marked = wanted && failure.alike ? await lookAtAlike(failure.alike, page) : undefined;
  const [where, screenshot] = await Promise.all([
    page && pageRef(page, redact),
    wanted ? takePicture(shot, dependencies, marked) : undefined,
  ]);
  if (wanted) await keepSnapshot(page, { jobId, stepId: step.id, key: keyOf('failure page'), redact }, dependencies);
  return { error: toStepError(failure, { page: where, search, evidence: attached.evidence, redact }), page: where, screenshot };
}

const maskMs = 1_000;

/**
 * A step that fails reports no captures, but what it has captured by then may stand in the page: the host covers it in the picture of the failure and masks it in the trace.
 * Should it not hear of it, it has gone, and there is no picture either.
 */
async function tellHost({ host, values: given }: AttemptInput, values: Values): Promise<void> {
  const before = new Set(secretTexts(given));
  const learned = values.secrets().filter((secret) => !before.has(secret));
  if (learned.length > 0) await within(maskMs, host.mask(learned));
}

function openPage(attached: Attached): ReturnType<Attached['page']> | undefined {
  try {
    return attached.page();
  } catch {
    return undefined;
  }
}
