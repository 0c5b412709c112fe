import type { StepError } from '../contract/error.ts';
import type { AcquireResult, AcquireTask } from '../contract/step-task.ts';
import { createRedactor } from '../domain/redact.ts';
import { openPage } from './checkpoint/open-page.ts';
import { returnToCheckpoint } from './checkpoint/return.ts';
import type { WorkerDependencies } from './dependencies.ts';
import { evaluateAll } from './expressions.ts';
import { hintFor } from './hints.ts';
import { openBrowser } from './open-browser.ts';
import type { Pages } from './pages.ts';
import { setViewport } from './viewport.ts';
import { StepFailure } from './step-failure.ts';
import type { Blank } from './blank.ts';
import { createValues, type Values } from './values.ts';

export type Acquiring = { dependencies: WorkerDependencies; pages: Pages };

/** Why a signal is aborted when Temporal has given up this attempt, but not the job: another attempt may be under way, in the same browser. */
export class Superseded extends Error {}

/**
 * Waits for a free browser; then evaluates the expression variables in it, in their order, and opens `openAt`; or, with `restore`, puts it back to the job's
 * checkpoint. Every half of it may be repeated: the host has one browser per job, a fresh one is prepared anew, and one in which steps have run is left as it is.
 * Aborted for anything but `Superseded` it leaves no browser and no place in the queue behind.
 * @throws HostError; AbortError or the signal's reason when `signal` is aborted
 */
export async function acquireBrowser(task: AcquireTask, signal: AbortSignal, acquiring: Acquiring): Promise<AcquireResult> {
  try {
    const result = task.restore ? await returnToCheckpoint(task, signal, acquiring) : await beginJob(task, signal, acquiring);
    signal.throwIfAborted();
    return result;
  } catch (error) {
    if (signal.aborted && !(signal.reason instanceof Superseded)) await leaveNothing(task.jobId, acquiring);
    throw error;
  }
}

/** The worker's own sweep comes by later, should the host not hear it. */
async function leaveNothing(jobId: string, { dependencies: { host, log }, pages }: Acquiring): Promise<void> {
  pages.drop(jobId);
  await host
    .call('close', { jobId })
    .catch((error: unknown) => log.warn({ jobId, error: String(error) }, 'a browser could not be given back'));
}

async function beginJob(
  { jobId, openAt, viewport, record }: AcquireTask,
  signal: AbortSignal,
  { dependencies, pages }: Acquiring,
): Promise<AcquireResult> {
  const { host, epoch, hostName, queue, jobs } = dependencies;
  const { values: given, expressions } = await jobs.load(jobId);
  const opened = await openBrowser({ jobId, epoch, values: given, record }, signal, dependencies);
  if ('error' in opened) return { outcome: 'refused', error: opened.error };
  const acquired: AcquireResult = {
    outcome: 'acquired',
    browser: { host: hostName, queue, browser: opened.version },
    missing: opened.missing,
  };
  // steps have run here: their values count, and an expression such as Date.now() must not change under them
  if (!opened.fresh || (expressions.length === 0 && openAt === undefined && !viewport)) return acquired;
  const values = createValues(given);
  const evaluate = async (blank: Blank): Promise<void> => {
    if (expressions.length === 0) return;
    await host.call('values', { jobId, epoch, values: await evaluateAll(expressions, { values, blank, signal }) });
  };
  try {
    const attached = await pages.attach(jobId, opened.endpoint);
    await setViewport(attached, viewport);
    await evaluate(attached.blank);
    if (openAt !== undefined)
      await openPage({ page: attached.page(), url: openAt, signal, network: () => host.call('refusals', { jobId }) });
    return acquired;
  } catch (error) {
    if (!(error instanceof StepFailure) || signal.aborted) throw error;
    return { outcome: 'refused', error: refusal(error, values) };
  }
}

const refusal = (failure: StepFailure, values: Values): StepError => ({
  code: failure.code,
  message: createRedactor(values.secrets())(failure.message).slice(0, 500),
  hint: hintFor(failure.code),
});
