/** What a worker watches beside its work: that its host is still there and still its own, and that no browser is left behind by a job that has ended. */
import type { Client } from '@temporalio/client';
import type { WorkerDependencies } from './dependencies.ts';
import { endedJobs } from './sweep.ts';

const watchMs = 1_000;
const patience = 3;
const tendMs = 30_000;

type Watched = Pick<WorkerDependencies, 'host' | 'epoch' | 'fenced' | 'log' | 'jobs'>;

/** Asks the host every second. `gone` is called when it does not answer three times, or is another one than before; `fenced` when another worker has it. */
export function watchHost({ host, epoch, fenced, log }: Watched, gone: () => void): void {
  let boot: string | undefined;
  let misses = 0;
  const look = async (): Promise<void> => {
    try {
      const stat = await host.call('stat', {}, AbortSignal.timeout(2_000));
      misses = 0;
      if (stat.epoch !== epoch) fenced();
      // its browsers are gone, and the epoch has to be its own: start over
      if (boot !== undefined && stat.boot !== boot) gone();
      boot = stat.boot;
    } catch (error) {
      misses += 1;
      if (misses < patience) return;
      log.error({ error: String(error) }, 'the browser host does not answer');
      gone();
    }
  };
  every(watchMs, look);
}

/** Closes, every 30 s, the browsers whose jobs have ended without closing them (a terminated workflow runs no code). */
export function tendBrowsers({ host, jobs, log }: Watched, client: Client): void {
  every(tendMs, async () => {
    try {
      const known = (await host.call('stat', {})).jobs.map(({ jobId }) => jobId);
      for (const jobId of await endedJobs(client, known)) {
        log.info({ jobId }, 'the job has ended: its browser is closed');
        await host.call('close', { jobId });
        await jobs.forget(jobId);
      }
    } catch (error) {
      log.warn({ error: String(error) }, 'browsers could not be tended');
    }
  });
}

/** One at a time. */
function every(ms: number, work: () => Promise<void>): void {
  const again = (): void => void setTimeout(() => void work().then(again), ms);
  again();
}
