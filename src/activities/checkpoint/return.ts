/** A job that was parked gets a browser again. */
import { randomUUID } from 'node:crypto';
import type { AcquireResult, Acquired, AcquireTask } from '../../contract/step-task.ts';
import type { Collections, HostValue, StorageState } from '../../host/protocol.ts';
import type { WorkerDependencies } from '../dependencies.ts';
import { pageRef, toStepError } from '../diagnostics.ts';
import { openBrowser } from '../open-browser.ts';
import type { Attached, Pages } from '../pages.ts';
import { takePicture } from '../picture.ts';
import { StepFailure } from '../step-failure.ts';
import { setViewport } from '../viewport.ts';
import { decode, secretsOf, type Checkpoint } from './checkpoint.ts';
import { restorePage } from './restore.ts';
import { newestPage } from '../tabs.ts';

type Returning = { dependencies: WorkerDependencies; pages: Pages };
type Scene = { jobId: string; browser: Acquired; attached: Attached; redact: (text: string) => string; dependencies: WorkerDependencies };

/**
 * Waits at the head of the queue for a browser that begins with the checkpoint's storages and values, puts the page back and looks whether it is the one of the checkpoint.
 * Expression variables are not computed again: their values are in the checkpoint. A browser in which steps have begun was put back before, and is left as it is.
 * @throws HostError, BrowserGone (asked again, the host starts another browser); AbortError or the signal's reason when `signal` is aborted
 */
export async function returnToCheckpoint(
  { jobId, viewport, record }: Pick<AcquireTask, 'jobId' | 'viewport' | 'record'>,
  signal: AbortSignal,
  { dependencies, pages }: Returning,
): Promise<AcquireResult> {
  const { epoch, hostName, queue } = dependencies;
  const { checkpoint, ...kept } = await loadKept(jobId, dependencies);
  const opened = await openBrowser({ jobId, epoch, ...kept, returning: true, record }, signal, dependencies);
  if ('error' in opened) return { outcome: 'refused', error: opened.error };
  const attached = await pages.attach(jobId, opened.endpoint);
  if (opened.fresh) await setViewport(attached, viewport);
  attached.redact.know(secretsOf(kept));
  const scene: Scene = {
    jobId,
    browser: { host: hostName, queue, browser: opened.version },
    attached,
    redact: attached.redact,
    dependencies,
  };
  if (!opened.fresh) return acquired(scene, opened.missing);
  try {
    await putBack(checkpoint, signal, scene);
    return await acquired(scene, opened.missing);
  } catch (error) {
    if (attached.gone.aborted) throw attached.gone.reason;
    if (!(error instanceof StepFailure) || signal.aborted) throw error;
    return sessionLost(error, scene);
  }
}

type Kept = {
  checkpoint: Checkpoint | undefined;
  values: HostValue[];
  collections: Collections;
  earlier: string[];
  storage: StorageState | undefined;
};

async function loadKept(jobId: string, { jobs, checkpoints }: WorkerDependencies): Promise<Kept> {
  const { values: given } = await jobs.load(jobId);
  const stored = await checkpoints.load(jobId);
  const checkpoint = stored && decode(stored.plain);
  if (!checkpoint) return { checkpoint, values: given, collections: {}, earlier: [], storage: undefined };
  const { values, collections = {}, earlier = [] } = checkpoint;
  return { checkpoint, values: overlaid(given, values), collections, earlier, storage: unexpired(checkpoint.storage, Date.now()) };
}

/** @throws StepFailure `session_lost` */
function putBack(
  checkpoint: Checkpoint | undefined,
  signal: AbortSignal,
  { jobId, attached, dependencies: { host } }: Scene,
): Promise<void> {
  if (!checkpoint) throw new StepFailure('session_lost', 'Nothing is kept of the page at which the job began to wait.');
  return restorePage({ page: attached.page(), checkpoint, signal, network: () => host.call('refusals', { jobId }) });
}

async function acquired({ browser, attached, redact }: Scene, missing: string[] | undefined): Promise<AcquireResult> {
  const page = newestPage(attached.context);
  return { outcome: 'acquired', browser, ...(missing && { missing }), ...(page && { page: await pageRef(page, redact) }) };
}

async function sessionLost(failure: StepFailure, { jobId, browser, attached, redact, dependencies }: Scene): Promise<AcquireResult> {
  const page = attached.page();
  const shot = { jobId, stepId: null, name: `session-lost-${randomUUID().slice(0, 8)}.jpg`, detail: { because: 'failure' as const } };
  const [where, screenshot] = await Promise.all([pageRef(page, redact), takePicture(shot, dependencies)]);
  const search = { retries: 0, candidates: [] };
  const error = toStepError(failure, { page: where, search, evidence: attached.evidence, redact });
  return { outcome: 'session_lost', browser, error, page: where, ...(screenshot !== undefined && { screenshot }) };
}

/** What steps have captured since counts. */
const overlaid = (given: readonly HostValue[], kept: readonly HostValue[]): HostValue[] => [
  ...new Map([...given, ...kept].map((value) => [value.name, value])).values(),
];

/** A browser that is handed a cookie of the past may refuse all of them. */
const unexpired = ({ cookies, origins }: StorageState, now: number): StorageState => ({
  cookies: cookies.filter((cookie) => {
    const { expires } = cookie as { expires?: unknown };
    return typeof expires !== 'number' || expires < 0 || expires * 1_000 > now;
  }),
  origins,
});
