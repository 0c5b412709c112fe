/** The jobs that this host knows: those with a browser, and those whose ledger is still there. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Vault } from '../vault/vault.ts';
import type { Epoch } from './epoch.ts';
import { running, type Report } from './gate.ts';
import { Job, refused } from './job.ts';
import type { JobBrowser } from './job-browser.ts';
import { ledgerExists } from './ledger.ts';
import type { LiveJobs } from './live-jobs.ts';
import { Openings, type Launch } from './openings.ts';
import type { Begin, Begun, Call, HostStat } from './protocol.ts';
import type { Recordings } from './recording/recordings.ts';
import type { Slots } from './slots.ts';

type JobsOptions = { dir: string; vault: Vault; epoch: Epoch; slots: Slots; launch: Launch; live: LiveJobs; recordings: Recordings };

export class Jobs {
  readonly #folder: string;
  readonly #vault: Vault;
  readonly #epoch: Epoch;
  readonly #jobs = new Map<string, Job>();
  readonly #openings: Openings;
  readonly #live: LiveJobs;
  readonly #recordings: Recordings;
  #framesOfEnded = 0;

  constructor({ dir, vault, epoch, slots, launch, live, recordings }: JobsOptions) {
    this.#live = live;
    this.#recordings = recordings;
    this.#folder = join(dir, 'ledgers');
    this.#vault = vault;
    this.#epoch = epoch;
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    this.#openings = new Openings({
      slots,
      launch,
      onReady: ({ jobId, record }, browser) => {
        this.#load(jobId).setBrowser(browser);
        live.setBrowser(jobId, browser.capture, record?.live !== false);
      },
      onLost: (jobId, browser) => {
        const job = this.#jobs.get(jobId);
        this.#framesOfEnded += browser.capture.frames;
        browser.capture.end();
        live.loseBrowser(jobId, browser.capture);
        if (job?.browser === browser) job.lose();
      },
    });
  }

  async open(
    { jobId, epoch, values, collections, earlier, storage, returning, record }: Call['open'][0],
    signal: AbortSignal,
  ): Promise<Call['open'][1]> {
    this.#fence(jobId, epoch);
    if (!this.#jobs.get(jobId)?.browser) await this.#openings.wait({ jobId, storage, returning, record }, signal);
    this.#fence(jobId, epoch);
    const job = this.#need(jobId);
    if (!job.browser) throw refused('lost', jobId);
    job.mask(earlier ?? []);
    job.seedValues(values);
    job.seedCollections(collections ?? {});
    const { endpoint, version, recorder } = job.browser;
    return { endpoint, fresh: job.fresh, version, ...(recorder?.missing.length && { missing: recorder.missing }) };
  }

  values({ jobId, epoch, values }: Call['values'][0]): void {
    this.#fence(jobId, epoch);
    this.#need(jobId).addValues(values);
  }

  mask({ jobId, epoch, texts }: Call['mask'][0]): void {
    this.#fence(jobId, epoch);
    this.#need(jobId).mask(texts);
  }

  keep({ jobId, epoch }: Call['keep'][0]): Call['keep'][1] {
    this.#fence(jobId, epoch);
    const { browser, kept } = this.#need(jobId);
    if (!browser) throw refused('lost', jobId);
    return { endpoint: browser.endpoint, ...kept };
  }

  collection({ jobId, epoch, name }: Call['collection'][0]): Call['collection'][1] {
    this.#fence(jobId, epoch);
    return { rows: this.#need(jobId).state.collections.get(name) ?? [] };
  }

  item({ jobId, epoch, list, index }: Call['item'][0]): Call['item'][1] {
    this.#fence(jobId, epoch);
    return this.#need(jobId).item(list, index);
  }

  expectDialog({ jobId, epoch, instance, accept, text }: Call['expectDialog'][0]): void {
    const { dialogs } = this.pagesOf({ jobId, epoch });
    if (!this.#need(jobId).isRunning(instance)) throw refused('not_open', jobId);
    dialogs.expect({ accept, text });
  }

  async picture({ jobId, epoch }: Call['picture'][0]): Promise<Call['picture'][1]> {
    return { picture: await this.pagesOf({ jobId, epoch }).capture.picture() };
  }

  progress({ jobId, epoch, instance, retries, mark }: Call['progress'][0]): void {
    this.#fence(jobId, epoch);
    // nobody waits for it: it may come when the next step is at work
    if (!this.#known(jobId)?.isRunning(instance)) return;
    const news = { ...(retries !== undefined && { retries }), ...(mark && { mark, phase: 'acting' as const }) };
    this.#live.setDoing(jobId, (doing) => doing && { ...doing, ...news, at: Date.now() });
  }

  recordings({ jobId, epoch }: Call['recordings'][0]): Promise<Call['recordings'][1]> {
    this.#fence(jobId, epoch);
    return this.#recordings.list(jobId);
  }

  dropRecordings({ jobId, epoch, files }: Call['dropRecordings'][0]): void {
    this.#fence(jobId, epoch);
    this.#recordings.drop(jobId, files);
  }

  /** there is a ledger of it */
  knows(jobId: string): boolean {
    return ledgerExists(this.#fileOf(jobId));
  }

  /** What is known of the pages of a job. @throws HostError `lost` when there is no browser */
  pagesOf({ jobId, epoch }: { jobId: string; epoch: number }): Pick<JobBrowser, 'dialogs' | 'downloads' | 'capture'> {
    this.#fence(jobId, epoch);
    const { browser } = this.#need(jobId);
    if (!browser) throw refused('lost', jobId);
    return browser;
  }

  /** Ends the browser and forgets the job. Harmless when there is neither; a ledger that is not open is deleted unread, since it may be unreadable. */
  async close(jobId: string): Promise<void> {
    await this.#openings.cancel(jobId);
    const job = this.#jobs.get(jobId);
    this.#jobs.delete(jobId);
    if (job) await job.end({ forget: true });
    else rmSync(this.#fileOf(jobId), { force: true });
  }

  async begin(begin: Begin, signal: AbortSignal): Promise<Begun> {
    this.#fence(begin.jobId, begin.epoch);
    const begun = (await this.#known(begin.jobId)?.begin(begin, signal)) ?? ({ go: 'lost', attempt: 1 } as const);
    const { stepId } = begin;
    if (begun.go === 'run' && stepId !== undefined)
      this.#live.setDoing(begin.jobId, () => ({ stepId, phase: 'looking', attempt: begun.attempt, retries: 0, at: Date.now() }));
    return begun;
  }

  async report(report: Report): Promise<void> {
    this.#fence(report.ref.jobId, report.ref.epoch);
    await this.#need(report.ref.jobId).report(report);
    this.#tellDoing(report);
  }

  #tellDoing(report: Report): void {
    const mark = report.verb === 'acting' ? report.mark : undefined;
    this.#live.setDoing(report.ref.jobId, (doing) =>
      doing && report.verb === 'acting' ? { ...doing, phase: 'acting', at: Date.now(), ...(mark && { mark }) } : null,
    );
  }

  /** pictures taken for whoever watches, since the host was started */
  get frames(): number {
    return [...this.#jobs.values()].reduce((sum, { browser }) => sum + (browser?.capture.frames ?? 0), this.#framesOfEnded);
  }

  stop({ jobId, gen }: Call['stop'][0]): Call['stop'][1] {
    const job = this.#known(jobId);
    job?.shut(gen);
    return job ? running(job.state, this.#epoch.value) : { open: [], acting: [] };
  }

  /** Raises the epoch: whoever waits for the worker before is fenced. */
  attach(): Call['attach'][1]['jobs'] {
    this.#epoch.raise();
    for (const job of this.#jobs.values()) job.wake();
    return [...this.#jobs.values()].flatMap(({ id, browser }) => (browser ? [{ jobId: id, endpoint: browser.endpoint }] : []));
  }

  refusals(jobId: string): Call['refusals'][1] {
    const pass = this.#jobs.get(jobId)?.browser?.pass;
    return { refusals: pass?.refusals ?? [], failures: pass?.failures ?? [] };
  }

  stat(): HostStat['jobs'] {
    const epoch = this.#epoch.value;
    return [...this.#jobs.values()].map((job) => ({
      jobId: job.id,
      alive: job.browser !== null,
      ...running(job.state, epoch),
      held: job.held,
    }));
  }

  /** Ends every browser; the ledgers stay. */
  async end(): Promise<void> {
    await this.#openings.cancelAll();
    await Promise.all([...this.#jobs.values()].map((job) => job.end({ forget: false })));
    this.#jobs.clear();
  }

  #fence(jobId: string, epoch: number): void {
    if (epoch !== this.#epoch.value) throw refused('fenced', jobId);
  }

  #fileOf(jobId: string): string {
    return join(this.#folder, `${jobId}.ledger`);
  }

  #load(jobId: string): Job {
    const job =
      this.#jobs.get(jobId) ?? new Job({ id: jobId, file: this.#fileOf(jobId), vault: this.#vault, epoch: () => this.#epoch.value });
    this.#jobs.set(jobId, job);
    return job;
  }

  /** Null for a job that was closed or never opened here: asking must leave no file behind. */
  #known(jobId: string): Job | null {
    return this.#jobs.get(jobId) ?? (ledgerExists(this.#fileOf(jobId)) ? this.#load(jobId) : null);
  }

  #need(jobId: string): Job {
    const job = this.#known(jobId);
    if (!job) throw refused('lost', jobId);
    return job;
  }
}
