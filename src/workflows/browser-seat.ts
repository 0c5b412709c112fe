/** The job's place at a browser: it is taken, kept as a checkpoint, given back while a person is waited for, and taken again. */
import { CancellationScope, condition, isCancellation, patched, rootCause } from '@temporalio/workflow';
import type { JobOptions } from '../contract/evidence.ts';
import type { AcquireResult, AcquireTask, Acquired, CheckpointReport, CloseReport, CloseTask } from '../contract/step-task.ts';
import { acquire, comeBack, control as controlActivities, keeping } from './activities.ts';
import type { JobControl } from './job-control.ts';

export type Got = AcquireResult | { outcome: 'given_up' };
type Parts = {
  jobId: string;
  control: JobControl;
  browser: Acquired | null;
  readable: boolean;
  viewport?: AcquireTask['viewport'];
  options?: JobOptions;
  /** proof that was asked for and cannot be had */
  onMissing: (what: string[]) => void;
};

export class BrowserSeat {
  browser: Acquired | null;
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.browser = parts.browser;
  }

  /** Waits for a browser. `given_up`: the job was cancelled meanwhile. */
  async take(openAt?: string): Promise<Got> {
    const { jobId, readable, viewport, options } = this.#parts;
    const task: AcquireTask = { jobId, ...(openAt !== undefined && { openAt }), ...(viewport && { viewport }), ...recordOf(options) };
    const named = { activityId: 'browser', summary: 'wait for a browser' };
    return this.#acquire(() => acquire().acquireBrowser.executeWithOptions(readable ? named : {}, [task]));
  }

  /** The same for a job that has been parked: the page is put back. */
  async takeAgain(): Promise<Got> {
    const { jobId, viewport } = this.#parts;
    const task: AcquireTask = { jobId, restore: true, ...(viewport && { viewport }), ...recordOf(this.#parts.options) };
    const options = { activityId: 'browser-again', summary: 'wait for a browser, and put the page back' };
    return this.#acquire(() => comeBack().acquireBrowser.executeWithOptions(options, [task]));
  }

  async #acquire(ask: () => Promise<AcquireResult>): Promise<Got> {
    const { control } = this.#parts;
    const scope = new CancellationScope();
    const giveUp = (): void => {
      if (control.cancelling) scope.cancel();
    };
    control.onStop.add(giveUp);
    try {
      const got = await scope.run(ask);
      if (got.outcome !== 'refused') this.browser = got.browser;
      if (got.outcome === 'acquired') this.#tellMissing(got.missing);
      return got;
    } catch (error) {
      if (control.cancelling && isCancellation(error)) return { outcome: 'given_up' };
      const message = `No browser could be had: ${(rootCause(error) ?? 'no reason given').slice(0, 300)}`;
      return { outcome: 'refused', error: { code: 'unknown', message, hint: 'The log of the browser worker has the details.' } };
    } finally {
      control.onStop.delete(giveUp);
    }
  }

  /** The page as it is now, for the case that the browser is lost while a person is waited for. Never fails; a cancel does not wait for it. */
  async keep(token: number, picture: boolean): Promise<CheckpointReport> {
    const { browser } = this;
    if (!browser) return { outcome: 'lost' };
    // with a picture it is part of a question, which must not wait for long
    const limit = picture ? ({ scheduleToCloseTimeout: '30s' } as const) : {};
    const options = { activityId: `checkpoint-${token}`, summary: 'keep the page while a person is waited for', ...limit };
    let report: CheckpointReport | undefined;
    void keeping(browser.queue)
      .checkpointBrowser.executeWithOptions(options, [{ jobId: this.#parts.jobId, token, picture }])
      .catch((): CheckpointReport => ({ outcome: 'lost' }))
      .then((result) => (report = result));
    await condition(() => report !== undefined || this.#parts.control.cancelling);
    return report ?? { outcome: 'lost' };
  }

  /**
   * Keeps the page and gives the browser back. When `hurry` becomes true, or `until` (ms since 1970; Infinity) comes, it is given 5 s more; from its end on the
   * browser is either gone or untouched, unless the job is being cancelled, which waits for nothing. Null: it could not be parked.
   */
  async park(token: number, hurry: () => boolean, until: number): Promise<{ url: string } | null> {
    const { browser } = this;
    const { control } = this.#parts;
    if (!browser) return null;
    const scope = new CancellationScope();
    let report: CheckpointReport | 'failed' | undefined;
    // for as long as the wait lasts: a store that is away for an hour must not cost a slot for a week
    const limit = { scheduleToCloseTimeout: '7d' } as const;
    const options = { activityId: `park-${token}`, summary: 'keep the page and give the browser back', ...limit };
    const task = { jobId: this.#parts.jobId, token, picture: false };
    const parked = scope
      .run(() => keeping(browser.queue).parkBrowser.executeWithOptions(options, [task]))
      .catch(() => 'failed' as const)
      .then((result) => (report = result));
    const hurries = (): boolean => report !== undefined || hurry();
    await (until === Infinity
      ? condition(hurries)
      : condition(hurries, Math.max(1, until - Date.now()), { summary: 'the deadline, while the browser is given back' }));
    if (!report && !control.cancelling)
      await condition(() => report !== undefined || control.cancelling, '5s', { summary: 'the browser is being given back' });
    if (!report) scope.cancel();
    if (!report && control.cancelling) return null;
    const result = await parked;
    if (result === 'failed' || result.outcome === 'lost') return null;
    this.browser = null;
    this.#tellMissing(result.missing);
    return { url: result.page.url };
  }

  /** Never fails the job: a browser that cannot be closed now is closed by its worker's sweep. */
  async close(): Promise<void> {
    const { browser } = this;
    if (!browser) return;
    const named = this.#parts.readable ? { activityId: 'close' } : {};
    const { jobId, options } = this.#parts;
    // a recording has to be finished, masked and stored
    const limits = isRecorded(options)
      ? ({ startToCloseTimeout: '5m', scheduleToCloseTimeout: '10m', heartbeatTimeout: '5s' } as const)
      : ({ scheduleToCloseTimeout: '30s' } as const);
    const task: CloseTask = { jobId, ...(options?.screenshots && { screenshots: options.screenshots }) };
    const report = await controlActivities(browser.queue)
      .closeBrowser.executeWithOptions({ ...limits, summary: 'end the browser', ...named }, [task])
      .catch(() => unclosed(options));
    this.#tellMissing(report?.missing);
  }

  #tellMissing(missing: string[] | undefined): void {
    if (missing && missing.length > 0) this.#parts.onMissing(missing);
  }
}

/** What was lost of such a job only its worker knew. */
function unclosed(options: JobOptions | undefined): CloseReport {
  if (isRecorded(options)) return { missing: ['What was recorded could not be stored'] };
  // an event more is a command more when the job was cancelled
  if (!patched('unclosed-is-told')) return {};
  return { missing: ['Whether pictures are missing is not known: the browser could not be closed in time'] };
}

const isRecorded = (options: JobOptions | undefined): boolean => options?.video === true || options?.trace === true;

function recordOf(options: JobOptions | undefined): Pick<AcquireTask, 'record'> {
  const { video, trace, live } = options ?? {};
  if (!video && !trace && live !== false) return {};
  return { record: { ...(video && { video }), ...(trace && { trace }), ...(live === false && { live }) } };
}
