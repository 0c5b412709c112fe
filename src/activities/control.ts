import { randomUUID } from 'node:crypto';
import type { CheckpointReport, CheckpointTask, CloseReport, CloseTask, ParkTask, StopTask } from '../contract/step-task.ts';
import { keepCheckpoint, keptPage, type Keeper } from './checkpoint/keep.ts';
import type { PageRef } from '../contract/job.ts';
import type { WorkerDependencies } from './dependencies.ts';
import type { Pages } from './pages.ts';
import { takePicture } from './picture.ts';
import { storeRecordings } from './recordings.ts';
import { within } from './race.ts';
import type { Running } from './running.ts';
import type { StepPictures } from './step-pictures.ts';
import { newestPage } from './tabs.ts';

/** Shuts the generation at the host and interrupts what of it only waits. What has begun to act goes on. */
export async function stopSteps({ jobId, gen }: StopTask, { host }: Pick<WorkerDependencies, 'host'>, running: Running): Promise<void> {
  const { open } = await host.call('stop', { jobId, gen });
  running.abort(jobId, open);
}

type Controlled = { dependencies: WorkerDependencies; pages: Pages };
type Ending = Controlled & { pictures: StepPictures };

/**
 * A checkpoint, and a picture when one is asked for; the browser goes on. Harmless when repeated: the later checkpoint of the same wait replaces the earlier one.
 * A browser that has died since is answered with what this wait has kept of it.
 */
export async function checkpointBrowser(
  { jobId, token, picture }: CheckpointTask,
  { dependencies, pages }: Controlled,
): Promise<CheckpointReport> {
  const page = await keptOrFound({ jobId, token }, { dependencies, pages });
  if (!page) return { outcome: 'lost' };
  const screenshot = picture
    ? await pictureNow(
        { jobId, name: `checkpoint-${randomUUID().slice(0, 8)}.jpg`, because: 'wait', key: `wait ${token}` },
        { dependencies, pages },
      )
    : undefined;
  return { outcome: 'taken', page, ...(screenshot !== undefined && { screenshot }) };
}

/**
 * A checkpoint, then the end of the browser; its slot is free when this resolves. The checkpoint is stored first. When the worker dies
 * - before that: nothing has happened, and it is done again;
 * - between the two: the browser is still there, its checkpoint is taken once more, then it ends;
 * - after the browser has ended: there is none any more, and the stored checkpoint has this token: it was parked.
 *
 * What the job needs to come back (its values, the checkpoint) stays. `lost`: the browser went away before there was a checkpoint of this wait.
 */
export async function parkBrowser({ jobId, token }: ParkTask, { dependencies, pages, pictures }: Ending): Promise<CheckpointReport> {
  const page = await keptOrFound({ jobId, token }, { dependencies, pages });
  if (!page) return { outcome: 'lost' };
  dependencies.lost.tell(jobId, await pictures.end(jobId));
  pages.drop(jobId);
  await dependencies.host.call('close', { jobId });
  const { missing, drop } = await storeRecordings(jobId, dependencies);
  await drop();
  return { outcome: 'taken', page, ...missingOf(dependencies.lost.take(jobId), missing) };
}

const keptOrFound = async (task: ParkTask, keeper: Keeper): Promise<PageRef | undefined> =>
  (await keepCheckpoint(task, keeper)) ?? (await keptPage(task, keeper));

/**
 * A last picture, when the page gives one; then the browser ends, what was recorded is stored, and what was kept for the job is removed. Harmless when repeated, and for
 * a job that is parked: its checkpoint goes when its end is stored.
 */
export async function closeBrowser({ jobId, screenshots }: CloseTask, { dependencies, pages, pictures }: Ending): Promise<CloseReport> {
  // kept with the rest until this is sure to be the answer: whatever fails below is done again, and asks nobody twice
  dependencies.lost.tell(jobId, await pictures.end(jobId));
  if (screenshots !== 'never') await pictureNow({ jobId, name: 'last-page.jpg', because: 'end', key: 'end' }, { dependencies, pages });
  pages.drop(jobId);
  await dependencies.host.call('close', { jobId });
  const { missing, drop } = await storeRecordings(jobId, dependencies);
  await dependencies.jobs.forget(jobId);
  await drop();
  return missingOf(dependencies.lost.take(jobId), missing);
}

const missingOf = (...lists: string[][]): CloseReport => {
  const missing = lists.flat();
  return missing.length > 0 ? { missing } : {};
};

/** `key`: the same for what is done again, so that it replaces what was stored before */
type Picture = { jobId: string; name: string; because: 'wait' | 'end'; key: string };

/** The artifact's id; undefined when there is nothing to be seen. */
async function pictureNow({ jobId, name, because, key }: Picture, { dependencies, pages }: Controlled): Promise<string | undefined> {
  const attached = await within(1_000, pages.current(jobId));
  const page = attached && newestPage(attached.context);
  if (!page || page.url() === 'about:blank') return undefined;
  const digest = dependencies.mac(JSON.stringify(['picture', jobId, key]));
  return takePicture({ jobId, stepId: null, name, key: digest, detail: { because } }, dependencies);
}
