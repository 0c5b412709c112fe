/** The jobs that this host knows: those with a browser, and those whose ledger is still there. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Vault } from '../vault/vault.ts';
import type { Epoch } from './epoch.ts';
import { running } from './gate.ts';
import { HostError } from './host-error.ts';
import { createJob, refused, type Job } from './job.ts';
import type { JobBrowser } from './job-browser.ts';
import { ledgerExists } from './ledger.ts';
import type { Begin, Begun, Call, HostStat } from './protocol.ts';
import type { Slots } from './slots.ts';

export type Jobs = ReturnType<typeof createJobs>;
type Launch = (jobId: string, onGone: () => void) => Promise<JobBrowser>;
type JobsOptions = { dir: string; vault: Vault; epoch: Epoch; slots: Slots; launch: Launch };
/** Requests that wait for the same browser; when the last one leaves, the wait ends. */
type Opening = { requests: number; abort: AbortController; ready: Promise<JobBrowser> };

const leaving = (): HostError => new HostError('closed', 410, 'The job was closed while it waited for a browser.');

export function createJobs({ dir, vault, epoch, slots, launch }: JobsOptions) {
  const folder = join(dir, 'ledgers');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const jobs = new Map<string, Job>();
  const openings = new Map<string, Opening>();
  const fileOf = (id: string): string => join(folder, `${id}.ledger`);

  const load = (id: string): Job => {
    const job = jobs.get(id) ?? createJob({ id, file: fileOf(id), vault, epoch: () => epoch.value });
    jobs.set(id, job);
    return job;
  };
  /** A job that was closed, or never opened here, leaves no file behind. */
  const known = (id: string): Job | null => jobs.get(id) ?? (ledgerExists(fileOf(id)) ? load(id) : null);
  const need = (id: string): Job => known(id) ?? fail(refused('lost', id));
  const fence = (id: string, given: number): void => {
    if (given !== epoch.value) throw refused('fenced', id);
  };

  async function provide(id: string, signal: AbortSignal): Promise<JobBrowser> {
    const release = await slots.take(signal);
    let mine: JobBrowser | null = null;
    let gone = false;
    const onGone = (): void => {
      gone = true;
      release();
      const job = jobs.get(id);
      if (job && mine && job.browser === mine) job.lose();
    };
    try {
      mine = await launch(id, onGone);
      if (signal.aborted) throw leaving();
      if (gone) throw new HostError('launch_failed', 500, 'The browser ended while it started.');
      load(id).setBrowser(mine);
      return mine;
    } catch (error) {
      await mine?.close();
      release();
      throw error instanceof HostError ? error : new HostError('launch_failed', 500, error instanceof Error ? error.message : String(error));
    }
  }

  /** One launch per job, however many ask for it. */
  function opening(id: string): Opening {
    const present = openings.get(id);
    if (present) return present;
    const abort = new AbortController();
    const ready = provide(id, abort.signal).finally(() => {
      if (openings.get(id) === made) openings.delete(id);
    });
    const made: Opening = { requests: 0, abort, ready };
    openings.set(id, made);
    return made;
  }

  async function wait(id: string, signal: AbortSignal): Promise<void> {
    const shared = opening(id);
    shared.requests += 1;
    const leave = (): void => {
      shared.requests -= 1;
      if (shared.requests === 0) shared.abort.abort(leaving());
    };
    signal.addEventListener('abort', leave, { once: true });
    try {
      await shared.ready;
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

  return {
    async open({ jobId, epoch: given, values }: Call['open'][0], signal: AbortSignal): Promise<Call['open'][1]> {
      fence(jobId, given);
      if (!jobs.get(jobId)?.browser) await wait(jobId, signal);
      fence(jobId, given);
      const job = need(jobId);
      if (!job.browser) throw refused('lost', jobId);
      job.seedValues(values);
      return { endpoint: job.browser.endpoint, fresh: job.fresh };
    },
    values({ jobId, epoch: given, values }: Call['values'][0]): void {
      fence(jobId, given);
      need(jobId).addValues(values);
    },
    async close(jobId: string): Promise<void> {
      const pending = openings.get(jobId);
      pending?.abort.abort(leaving());
      await pending?.ready.catch(() => undefined);
      const job = known(jobId);
      jobs.delete(jobId);
      await job?.end({ forget: true });
    },
    begin(begin: Begin, signal: AbortSignal): Promise<Begun> {
      fence(begin.jobId, begin.epoch);
      const job = known(begin.jobId);
      return job ? job.begin(begin, signal) : Promise.resolve({ go: 'lost', attempt: 1 });
    },
    report: (report: Parameters<Job['report']>[0]): Promise<void> => {
      fence(report.ref.jobId, report.ref.epoch);
      return need(report.ref.jobId).report(report);
    },
    stop({ jobId, gen }: Call['stop'][0]): Call['stop'][1] {
      const job = known(jobId);
      if (!job) return { open: [], acting: [] };
      job.shut(gen);
      return running(job.state, epoch.value);
    },
    refusals(jobId: string): Call['refusals'][1] {
      const pass = jobs.get(jobId)?.browser?.pass;
      return { refusals: pass?.refusals ?? [], failures: pass?.failures ?? [] };
    },
    /** Fences whoever waits: call it after the epoch was raised. */
    wake: (): void => jobs.forEach((job) => job.wake()),
    alive: (): { jobId: string; endpoint: string }[] =>
      [...jobs.values()].flatMap(({ id, browser }) => (browser ? [{ jobId: id, endpoint: browser.endpoint }] : [])),
    stat: (): HostStat['jobs'] =>
      [...jobs.values()].map((job) => ({ jobId: job.id, alive: job.browser !== null, ...running(job.state, epoch.value), held: job.held })),
    /** Ends every browser; the ledgers stay. */
    async end(): Promise<void> {
      for (const pending of openings.values()) pending.abort.abort(leaving());
      await Promise.allSettled([...openings.values()].map((pending) => pending.ready));
      await Promise.all([...jobs.values()].map((job) => job.end({ forget: false })));
      jobs.clear();
    },
  };
}

function fail(error: Error): never {
  throw error;
}
