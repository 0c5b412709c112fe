/** One attempt of a step, from `run` to its result. Knows the browser, but neither Temporal nor the ledger's answers. */
import type { CapturedValue, PageRef } from '../contract/job.ts';
import type { StepError } from '../contract/error.ts';
import type { StepTask } from '../contract/step-task.ts';
import { extractedName } from '../domain/bindings.ts';
import { createRedactor } from '../domain/redact.ts';
import type { HostValue } from '../host/protocol.ts';
import { takeCaptures } from './captures.ts';
import type { WorkerDependencies } from './dependencies.ts';
import { pageRef, toStepError } from './diagnostics.ts';
import { startLimit, type Limit } from './limit.ts';
import { isTimeout, obstacle } from './obstacle.ts';
import { BrowserGone, type Attached } from './pages.ts';
import { pictureName, takePicture } from './picture.ts';
import { pause, race } from './race.ts';
import type { ActOptions, Search, StepContext } from './step-context.ts';
import { firstLine, Interrupted, StepFailure } from './step-failure.ts';
import { carryOut } from './steps/index.ts';
import { createValues, fillTemplate, type Values } from './values.ts';

const actMs = 5_000;

export type AttemptInput = {
  task: StepTask;
  attached: Attached;
  values: HostValue[];
  /** a pause or a cancel */
  interrupt: AbortSignal;
  network: StepContext['network'];
  /** tells the ledger that the effect comes now; rejects with Interrupted when it may not */
  announce: () => Promise<void>;
  dependencies: Pick<WorkerDependencies, 'store' | 'index' | 'log'>;
};

type Ended = { startedAt: string; finishedAt: string; retries: number; page?: PageRef };
export type AttemptResult =
  | (Ended & { ok: true; matchedBy?: string; shown: CapturedValue[]; kept: HostValue[] })
  | (Ended & { ok: false; error: StepError; screenshot?: string });

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
    return { ok: true, ...ended, matchedBy: search.matchedBy, ...taken };
  } catch (error) {
    const finishedAt = new Date().toISOString();
    const failure = classify(error, input);
    return { ok: false, startedAt, finishedAt, retries: search.retries, ...(await evidenceOf(failure, { input, search, redact })) };
  } finally {
    limit.end();
  }
}

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
  const context = createContext({ input, limit, search, values, over });
  const { extracted } = await race(carryOut(task.step.action, context), net);
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

function createContext({ input, limit, search, values, over }: Omit<Work, 'redact'> & { over: AbortSignal }): StepContext {
  const { task, attached, interrupt, announce, network } = input;
  const waiting = AbortSignal.any([over, toInterrupted(interrupt)]);
  const fill = (template: string): Promise<string> => fillTemplate(template, { values, blank: attached.blank, signal: waiting });
  const reads = task.step.effect === 'read';
  return {
    page: attached.page(),
    step: task.step,
    baseUrl: task.baseUrl,
    values,
    waiting,
    limit,
    search,
    fill,
    network,
    async act<T>(work: (options: ActOptions) => Promise<T>): Promise<T> {
      if (waiting.aborted) throw waiting.reason;
      if (!reads) await announce();
      const signal = reads ? waiting : over;
      const options = { timeout: Math.min(actMs, limit.remaining()), signal };
      return race(work(options), signal).catch((error: unknown) => Promise.reject(afterEffect(error, { limit, signal, reads })));
    },
  };
}

/** Everything that goes wrong once the step has begun to act is `action_failed`, whatever Playwright calls it. */
function afterEffect(error: unknown, { limit, signal, reads }: { limit: Limit; signal: AbortSignal; reads: boolean }): Error {
  if (isFinal(error)) return error;
  if (signal.aborted && (reads || !limit.signal.aborted)) return signal.reason instanceof Error ? signal.reason : new Interrupted();
  return new StepFailure('action_failed', limit.signal.aborted ? overdue : isTimeout(error) ? notTaken(error) : firstLine(error));
}

const isFinal = (error: unknown): error is Error =>
  (error instanceof StepFailure && error.code !== 'timeout') || error instanceof Interrupted || error instanceof BrowserGone;

const overdue = 'The step had begun to act, and the page did not answer within the time limit.';
const notTaken = (error: unknown): string => `The page did not take the action within ${actMs / 1_000} s${suffix(obstacle(error))}.`;

const suffix = (reason: string | undefined): string => (reason === undefined ? '' : `: ${reason}`);

function toInterrupted(signal: AbortSignal): AbortSignal {
  const controller = new AbortController();
  const abort = (): void => controller.abort(new Interrupted());
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  return controller.signal;
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
