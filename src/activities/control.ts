import type { CloseTask, StopTask } from '../contract/step-task.ts';
import type { WorkerDependencies } from './dependencies.ts';
import type { Pages } from './pages.ts';
import { takePicture } from './picture.ts';
import { within } from './race.ts';
import type { Running } from './running.ts';

/** Shuts the generation at the host and interrupts what of it only waits. What has begun to act goes on. */
export async function stopSteps({ jobId, gen }: StopTask, { host }: Pick<WorkerDependencies, 'host'>, running: Running): Promise<void> {
  const { open } = await host.call('stop', { jobId, gen });
  running.abort(jobId, open);
}

/** A last picture, when the page gives one within a second; then the browser ends, and what was kept for the job is removed. Harmless when repeated. */
export async function closeBrowser({ jobId }: CloseTask, dependencies: WorkerDependencies, pages: Pages): Promise<void> {
  await lastPicture(jobId, dependencies, pages).catch((error: unknown) =>
    dependencies.log.info({ jobId, error: String(error) }, 'no last picture'),
  );
  pages.drop(jobId);
  await dependencies.host.call('close', { jobId });
  await dependencies.jobs.forget(jobId);
}

async function lastPicture(jobId: string, dependencies: WorkerDependencies, pages: Pages): Promise<void> {
  const attached = await within(1_000, pages.current(jobId));
  if (!attached) return;
  const page = attached.page();
  if (page.url() === 'about:blank') return;
  await takePicture({ page, jobId, stepId: null, name: 'last-page.jpg', secrets: [...attached.secrets], limitMs: 1_000 }, dependencies);
}
