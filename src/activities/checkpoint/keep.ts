/** Takes the checkpoint of a job and stores it. */
import type { PageRef } from '../../contract/job.ts';
import { HostError } from '../../host/client.ts';
import type { Call } from '../../host/protocol.ts';
import type { WorkerDependencies } from '../dependencies.ts';
import { BrowserGone, type Pages } from '../pages.ts';
import { decode, encode, placeOf, secretsOf, type Checkpoint } from './checkpoint.ts';
import { readBrowser } from './read-page.ts';

/** `token` is new for every wait of the job. */
export type Keeping = { jobId: string; token: number };
export type Keeper = { dependencies: Pick<WorkerDependencies, 'host' | 'epoch' | 'checkpoints'>; pages: Pages };

/**
 * Keeps the page, the storages and the job's values, sealed, as the job's only checkpoint; the browser goes on. A page that hangs costs at most 7 s and is kept as far as
 * it can be had, unless this wait has a checkpoint with more in it: that one stays. The worker may die anywhere: before the checkpoint is stored nothing has
 * happened, afterwards it is taken once more and replaces its like.
 * @returns where the page is, masked; undefined when there is no browser of the job
 * @throws BrowserGone when the browser goes away meanwhile; HostError; what the store throws
 */
export async function keepCheckpoint({ jobId, token }: Keeping, { dependencies, pages }: Keeper): Promise<PageRef | undefined> {
  const { host, epoch, checkpoints } = dependencies;
  const kept = await host.call('keep', { jobId, epoch }).catch(noBrowser);
  if (!kept) return undefined;
  const attached = await pages.attach(jobId, kept.endpoint).catch((error: unknown) => {
    throw new BrowserGone(`no way into the browser: ${error instanceof Error ? error.message : String(error)}`);
  });
  attached.redact.know(secretsOf(kept));
  const now = { ...(await readBrowser(attached, kept.values)), collections: kept.collections, earlier: kept.earlier };
  const earlier = now.frames.length === 0 ? await keptUnder({ jobId, token }, checkpoints) : undefined;
  if (earlier) return placeOf(earlier);
  await checkpoints.store({ jobId, token, plain: encode(now) });
  return placeOf(now);
}

/** Where the page was by the checkpoint of this wait, masked; undefined when there is none. */
export async function keptPage(keeping: Keeping, { dependencies }: Keeper): Promise<PageRef | undefined> {
  const kept = await keptUnder(keeping, dependencies.checkpoints);
  return kept && placeOf(kept);
}

async function keptUnder({ jobId, token }: Keeping, checkpoints: WorkerDependencies['checkpoints']): Promise<Checkpoint | undefined> {
  const stored = await checkpoints.load(jobId);
  return stored?.token === token ? decode(stored.plain) : undefined;
}

function noBrowser(error: unknown): Call['keep'][1] | undefined {
  if (error instanceof HostError && error.code === 'lost') return undefined;
  throw error;
}
