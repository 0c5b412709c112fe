/** One attempt of a step, from `run` to its result. Knows the browser, but neither Temporal nor the ledger's answers. */
import type { Evidence } from '../contract/approval.ts';
import type { CapturedValue, PageRef } from '../contract/job.ts';
import type { StepError } from '../contract/error.ts';
import { extractedName } from '../domain/bindings.ts';
import { createRedactor } from '../domain/redact.ts';
import type { HostValue } from '../host/protocol.ts';
import { takeCaptures } from './captures.ts';
import { createContext, type AttemptInput, type Prepared } from './create-context.ts';
import { pageRef, toStepError } from './diagnostics.ts';
import { startLimit, type Limit } from './limit.ts';
import { isGone, type Inspection } from './look/inspection.ts';
import { BrowserGone, type Attached } from './pages.ts';
import { pictureName, takePicture } from './picture.ts';
import { pause, race } from './race.ts';
import type { Search, StepOutcome } from './step-context.ts';
import { firstLine, Interrupted, Looked, StepFailure } from './step-failure.ts';
import { carryOut } from './steps/index.ts';
import { createValues, type Values } from './values.ts';

type Ended = { startedAt: string; finishedAt: string; retries: number; page?: PageRef };
export type AttemptResult =
  | (Ended & { outcome: 'done'; matchedBy?: string; shown: CapturedValue[]; kept: HostValue[] })
  | (Ended & { outcome: 'seen' | 'void'; evidence: Evidence })
  | (Ended & { outcome: 'failed'; error: StepError; screenshot?: string });

/** @throws Interrupted, BrowserGone; everything else is a result */
export async function attemptStep(input: AttemptInput): Promise<AttemptResult> {
  const { task, attached, interrupt } = input;
  await waitBefore(task.pauseBefore, AbortSignal.any([interrupt, attached.gone]));
  const startedAt = new Date().toISOString();
  const limit = startLimit(task.step.timeout);
  const search: Search = { retries: 0, candidates: [] };
  const values = createValues(input.values);
  for (const secret of values.secrets()) attached.secrets.add(secret);
  const redact = createRedactor(values.secrets());
  try {
    const taken = await effectAndCaptures({ input, limit, search, values, redact });
    const ended = {
      startedAt,
      finishedAt: new Date().toISOString(),
      retries: search.retries,
      page: await pageRef(attached.page(), redact),
    };
    return { outcome: 'done', ...ended, matchedBy: search.matchedBy, ...taken };
  } catch (error) {
    const ended = { startedAt, finishedAt: new Date().toISOString(), retries: search.retries };
    if (error instanceof Looked) return { outcome: error.outcome, ...ended, ...looked(error) };
    const failure = classify(error, input);
    return { outcome: 'failed', ...ended, ...(await evidenceOf(failure, { input, search, redact })) };
  } finally {
    limit.end();
  }
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

type Work = { input: AttemptInput; limit: Limit; search: Search; values: Values; redact: (text: string) => string };

async function effectAndCaptures({ input, limit, search, values, redact }: Work): Promise<{ shown: CapturedValue[]; kept: HostValue[] }> {
  const { task, attached } = input;
  const over = AbortSignal.any([limit.signal, attached.gone]);
  const net = AbortSignal.any([limit.overdue, attached.gone]);
  const page = attached.page();
  const prepared = createContext({ input, limit, search, values });
  const { extracted } = await race(carryOutInspected(input, prepared), net);
  const kept: HostValue[] = [];
  if (extracted !== undefined) {
    const value = { name: extractedName, value: extracted, sensitive: redact(extracted) !== extracted };
    values.set(value);
    kept.push(value);
  }
  const captured = await takeCaptures(task.step.captures, { page, values, blank: attached.blank, signal: over, redact });
  for (const secret of values.secrets()) attached.secrets.add(secret);
  return { shown: captured.shown, kept: [...kept, ...captured.kept] };
}

/** @throws Looked when it ends before it acts: it was a look, or the page is not what was approved any more */
async function carryOutInspected({ task }: AttemptInput, { context, inspection }: Prepared): Promise<StepOutcome> {
  try {
    return await carryOut(task.step.action, context);
  } catch (error) {
    if (inspection && isGone(error)) await lookAround(inspection);
    throw error;
  }
}

/** The step has failed already: that it cannot be looked at either adds nothing. */
async function lookAround(inspection: Inspection): Promise<void> {
  try {
    await inspection.whenGone();
  } catch (error) {
    if (!(error instanceof StepFailure)) throw error;
  }
}

/** @throws Interrupted, BrowserGone */
function classify(error: unknown, { attached }: AttemptInput): StepFailure {
  if (attached.gone.aborted) throw attached.gone.reason;
  if (error instanceof StepFailure) return error;
  if (error instanceof Interrupted || error instanceof BrowserGone) throw error;
  const crashed = attached.evidence.crashedLately() || /Page crashed|Target crashed/i.test(firstLine(error));
  return new StepFailure(crashed ? 'browser_crashed' : 'unknown', firstLine(error));
}

type Failed = { error: StepError; page?: PageRef; screenshot?: string };

async function evidenceOf(failure: StepFailure, { input, search, redact }: Omit<Work, 'limit' | 'values'>): Promise<Failed> {
  const { task, attached, dependencies } = input;
  const page = openPage(attached);
  const shot = page && {
    page,
    jobId: task.jobId,
    stepId: task.step.id,
    name: pictureName(task.step.id),
    secrets: [...attached.secrets],
    limitMs: 1_500,
  };
  const [where, screenshot] = await Promise.all([page && pageRef(page, redact), shot && takePicture(shot, dependencies)]);
  return { error: toStepError(failure, { page: where, search, evidence: attached.evidence, redact }), page: where, screenshot };
}

function openPage(attached: Attached): ReturnType<Attached['page']> | undefined {
  try {
    return attached.page();
  } catch {
    return undefined;
  }
}
