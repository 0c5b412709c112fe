/** Jobs that wait for a slot or for their browser to start: one launch per job, however many requests ask for it. */
import { HostError } from './host-error.ts';
import type { JobBrowser } from './job-browser.ts';
import type { Recording } from '../contract/step-task.ts';
import type { StorageState } from './protocol.ts';
import type { Slots } from './slots.ts';

/** `onGone` is called when the browser has gone, for whatever reason. */
export type Launch = (opening: { jobId: string; storage?: StorageState; record?: Recording }, onGone: () => void) => Promise<JobBrowser>;
/** What a job wants of its browser. Requests that share an opening get what the first of them asked for. */
export type Wanted = { jobId: string; storage?: StorageState; returning?: boolean; record?: Recording };
/** `queue` ends the wait for a slot; a launch that has begun goes on, unless the job was closed meanwhile. */
type Opening = { requests: number; queue: AbortController; closed: AbortController; ready: Promise<void> };
type OpeningsOptions = {
  slots: Slots;
  launch: Launch;
  /** the browser stands */
  onReady: (wanted: Wanted, browser: JobBrowser) => void;
  /** a browser that stood has gone */
  onLost: (jobId: string, browser: JobBrowser) => void;
};

const closed = (): HostError => new HostError('closed', 410, 'The job was closed while it waited for a browser.');

export class Openings {
  readonly #options: OpeningsOptions;
  readonly #pending = new Map<string, Opening>();

  constructor(options: OpeningsOptions) {
    this.#options = options;
  }

  /** Resolves when the job has its browser. The wait for a slot ends when the last request that shares it is aborted. */
  async wait(wanted: Wanted, signal: AbortSignal): Promise<void> {
    const shared = this.#pending.get(wanted.jobId) ?? this.#start(wanted);
    shared.requests += 1;
    const leave = (): void => {
      shared.requests -= 1;
      if (shared.requests === 0) shared.queue.abort(closed());
    };
    signal.addEventListener('abort', leave, { once: true });
    try {
      await shared.ready;
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

  /** Ends the wait of a job, if it waits: its requests hear `closed`. Resolves when nothing of it is left. */
  async cancel(jobId: string): Promise<void> {
    const opening = this.#pending.get(jobId);
    opening?.closed.abort(closed());
    await opening?.ready.catch(() => undefined);
  }

  async cancelAll(): Promise<void> {
    await Promise.all([...this.#pending.keys()].map((jobId) => this.cancel(jobId)));
  }

  #start(wanted: Wanted): Opening {
    const { jobId } = wanted;
    const [queue, stop] = [new AbortController(), new AbortController()];
    const ready = this.#provide(wanted, queue.signal, stop.signal).finally(() => this.#pending.delete(jobId));
    const opening: Opening = { requests: 0, queue, closed: stop, ready };
    this.#pending.set(jobId, opening);
    return opening;
  }

  async #provide(wanted: Wanted, queue: AbortSignal, stop: AbortSignal): Promise<void> {
    const { jobId, storage, returning = false, record } = wanted;
    const { slots, launch, onReady, onLost } = this.#options;
    const release = await slots.take(AbortSignal.any([queue, stop]), { returning });
    let browser: JobBrowser | null = null;
    let gone = false;
    try {
      browser = await launch({ jobId, storage, record }, () => {
        gone = true;
        release();
        if (browser) onLost(jobId, browser);
      });
      if (stop.aborted) throw closed();
      if (gone) throw new HostError('launch_failed', 500, 'The browser ended while it started.');
      onReady(wanted, browser);
    } catch (error) {
      await browser?.close();
      release();
      throw error instanceof HostError
        ? error
        : new HostError('launch_failed', 500, error instanceof Error ? error.message : String(error));
    }
  }
}
