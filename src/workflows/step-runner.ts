/**
 * Walks the runbook. Up to `dispatchWindow` steps are dispatched at once; the browser host holds the later ones until their predecessor is done
 * (DESIGN 3.1). Everything waits on conditions, so that a command is heard at once.
 */
import { CancellationScope, condition, isCancellation, workflowInfo } from '@temporalio/workflow';
import type { StepError } from '../contract/error.ts';
import type { Acquired, JobInput, PlannedStep, StepReport, StepTask } from '../contract/step-task.ts';
import { advance, firstStep, stepAt, type Cursor } from '../domain/cursor.ts';
import { dispatchWindow } from '../domain/names.ts';
import { control as controlActivities, steps as stepActivities } from './activities.ts';
import type { JobControl } from './job-control.ts';
import type { JobLog } from './job-log.ts';
import { brokenReport, lostError, unknownOutcome } from './step-errors.ts';

export type Position = { cursor: Cursor; gen: number; instance: number; dispatch: number };
export const start: Position = { cursor: firstStep, gen: 1, instance: 0, dispatch: 0 };

/** `continue`: the history has grown long enough, and nothing is in flight. */
export type WalkEnd = 'finished' | 'failed' | 'cancelled' | 'continue';

type InFlight = { step: PlannedStep; cursor: Cursor; instance: number; report?: StepReport };

type Parts = { input: JobInput; browser: Acquired; log: JobLog; control: JobControl; position: Position };

export class StepRunner {
  readonly #parts: Parts;
  readonly #position: Position;
  /** where the next dispatch stands; ahead of the position by what is in flight */
  #ahead: Cursor;
  #inFlight: InFlight[] = [];
  #scope = new CancellationScope();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#position = { ...parts.position };
    this.#ahead = parts.position.cursor;
    parts.control.onStop = () => this.#stop();
  }

  get position(): Position {
    return this.#position;
  }

  async walk(): Promise<WalkEnd> {
    const { control, input } = this.#parts;
    while (this.#inFlight.length > 0 || stepAt(input.steps, this.#position.cursor)) {
      if (control.cancelling) return 'cancelled';
      if ((await this.#advance()) === 'continue') return 'continue';
      await condition(() => this.#inFlight.length === 0 || Boolean(this.#inFlight[0]?.report) || control.cancelling);
      const [head] = this.#inFlight;
      if (head?.report && (await this.#settle(head, head.report)) === 'stop') return 'failed';
    }
    return control.cancelling ? 'cancelled' : 'finished';
  }

  /** Rests while the job is paused, and keeps the window full while it is not. */
  async #advance(): Promise<'go' | 'continue'> {
    const { control } = this.#parts;
    const { continueAsNewSuggested } = workflowInfo();
    if (this.#inFlight.length === 0) {
      if (continueAsNewSuggested) return 'continue';
      if (control.paused) await this.#rest();
    }
    if (!control.paused && !control.cancelling && !continueAsNewSuggested) this.#fill();
    return 'go';
  }

  /** Waits for what is in flight, at most `limit`; what ended well in time is recorded. True when nothing is left. */
  async drain(limit?: '2s' | '5s'): Promise<boolean> {
    const settled = () => this.#inFlight.every((one) => one.report);
    if (limit) await condition(settled, limit);
    else await condition(settled);
    for (const one of this.#inFlight) if (one.report?.outcome === 'done' || one.report?.outcome === 'failed') this.#record(one, one.report);
    this.#inFlight = this.#inFlight.filter((one) => !one.report);
    if (this.#inFlight.length === 0) this.#ahead = this.#position.cursor;
    return this.#inFlight.length === 0;
  }

  /** Gives up what did not come back. */
  abandon(): void {
    this.#scope.cancel();
    this.#inFlight = [];
  }

  async #rest(): Promise<void> {
    const { control, log } = this.#parts;
    if (log.state.status !== 'paused') log.emit({ type: 'job.paused' });
    await condition(() => !control.paused || control.cancelling);
  }

  #fill(): void {
    const { steps } = this.#parts.input;
    for (let step = stepAt(steps, this.#ahead); step && this.#inFlight.length < dispatchWindow; step = stepAt(steps, this.#ahead)) {
      this.#dispatch(step);
      this.#ahead = advance(steps, this.#ahead);
    }
  }

  #dispatch(step: PlannedStep): void {
    const { input, browser } = this.#parts;
    this.#position.instance += 1;
    this.#position.dispatch += 1;
    const one: InFlight = { step, cursor: this.#ahead, instance: this.#position.instance };
    const task: StepTask = {
      jobId: input.jobId,
      instance: one.instance,
      after: this.#inFlight.at(-1)?.instance ?? null,
      gen: this.#position.gen,
      dispatch: this.#position.dispatch,
      step,
      pauseBefore: one.instance === 1 ? 0 : input.settings.pauseBetweenSteps,
      baseUrl: input.settings.baseUrl,
    };
    this.#inFlight.push(one);
    const activityId = `${String(one.instance).padStart(3, '0')}-${step.id}`;
    const summary = `${step.ordinal} ${step.description}`.slice(0, 90);
    void this.#scope
      .run(() => stepActivities(browser.queue).runStep.executeWithOptions({ summary, activityId }, [task]))
      .catch((error: unknown) =>
        isCancellation(error) ? ({ instance: one.instance, outcome: 'not_started' } as const) : brokenReport(one.instance, error),
      )
      .then((report) => {
        one.report = report;
      });
  }

  /** The host shuts the generation and its worker aborts what only waits: 40 ms, where cancelling the activities would take a heartbeat. */
  #stop(): void {
    const { input, browser } = this.#parts;
    if (this.#inFlight.length === 0) return;
    const task = { jobId: input.jobId, gen: this.#position.gen };
    void this.#scope.run(() => controlActivities(browser.queue).stopSteps(task)).catch(() => undefined);
  }

  async #settle(head: InFlight, report: StepReport): Promise<'go' | 'stop'> {
    const { stopOnError } = this.#parts.input.settings;
    if (report.outcome === 'failed') return this.#fail(head, report, head.step.continueOnError || !stopOnError);
    // Nobody knows, or there is no browser any more: whatever the runbook says, nothing is built on that.
    if (report.outcome === 'unknown') return this.#fail(head, unknownOutcome(report, this.#now()), false);
    if (report.outcome === 'lost') return this.#fail(head, lostError(report, this.#now()), false);
    if (report.outcome === 'done') {
      this.#inFlight.shift();
      this.#record(head, report);
    } else {
      await this.#startOver();
    }
    return 'go';
  }

  /** Interrupted or never begun: what is left of the generation comes back at once, and the same steps are dispatched again when nothing speaks against it. */
  async #startOver(): Promise<void> {
    const cut = this.#inFlight.find((one) => one.report?.outcome === 'interrupted');
    if (cut) this.#parts.log.emit({ type: 'step.interrupted', stepId: cut.step.id });
    await this.#endGeneration();
  }

  async #endGeneration(): Promise<void> {
    await condition(() => this.#inFlight.every((one) => one.report) || this.#parts.control.cancelling);
    if (this.#parts.control.cancelling) return;
    await this.drain();
    this.#position.gen += 1;
  }

  async #fail(head: InFlight, report: StepReport & { outcome: 'failed' }, goOn: boolean): Promise<'go' | 'stop'> {
    this.#inFlight.shift();
    this.#record(head, report);
    await this.#endGeneration();
    return goOn ? 'go' : 'stop';
  }

  #record(one: InFlight, report: StepReport & { outcome: 'done' | 'failed' }): void {
    const { log, input } = this.#parts;
    const { attempt, retries, startedAt, finishedAt, page, screenshot } = report;
    const ran = { stepId: one.step.id, attempt, retries, startedAt, finishedAt, page, screenshot };
    if (report.outcome === 'done') log.emit({ type: 'step.succeeded', ...ran, matchedBy: report.matchedBy, captures: report.captures });
    else log.emit({ type: 'step.failed', ...ran, error: report.error satisfies StepError });
    this.#position.cursor = advance(input.steps, one.cursor);
    if (this.#inFlight.length === 0) this.#ahead = this.#position.cursor;
  }

  #now(): string {
    return new Date().toISOString();
  }
}
