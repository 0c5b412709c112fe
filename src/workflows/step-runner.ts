/** Walks the runbook. Everything waits on conditions, so that a command is heard at once. */
import { condition, workflowInfo } from '@temporalio/workflow';
import type { StepError } from '../contract/error.ts';
import type { Acquired, JobInput, PlannedStep, StepReport } from '../contract/step-task.ts';
import { mostVoids } from '../domain/approval.ts';
import { advance, enter, isContainer, iterationAt, stepAt, type Cursor } from '../domain/cursor.ts';
import type { BrowserSeat } from './browser-seat.ts';
import { heedDecision, leaveBody, passBy } from './containers.ts';
import type { JobControl } from './job-control.ts';
import type { JobLog } from './job-log.ts';
import { Interlude, type Next } from './interlude.ts';
import { approvalOf, outcomeQuestion, voids } from './questions.ts';
import { lostError, neverTheSame, sessionLost, unknownOutcome } from './step-errors.ts';
import { tellEnd } from './step-end.ts';
import { StepWindow, type InFlight, type Position } from './step-window.ts';

/** `continue`: the history has grown long enough, and nothing is in flight. `refused`: no browser could be had. */
export type WalkEnd = 'finished' | 'failed' | 'cancelled' | 'continue' | { refused: StepError };

/** `waits`: this run knows how to wait for people (jobs of older releases do not). */
export type RunnerParts = { input: JobInput; seat: BrowserSeat; log: JobLog; control: JobControl; position: Position; waits: boolean };
type Reported<O extends StepReport['outcome']> = Extract<StepReport, { outcome: O }>;

export class StepRunner {
  readonly #parts: RunnerParts;
  readonly #position: Position;
  readonly #window: StepWindow;
  readonly #interlude: Interlude;
  /** where the next dispatch stands; ahead of the position by what is in flight */
  #ahead: Cursor;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
    this.#position = { ...parts.position };
    this.#window = new StepWindow({ input: parts.input, position: this.#position, readable: parts.waits });
    this.#interlude = new Interlude({ ...parts, position: this.#position, settle: (report) => this.#settleHere(report) });
    this.#ahead = parts.position.cursor;
    parts.control.onStop.add(() => this.#window.stop());
  }

  get position(): Position {
    return this.#position;
  }

  async walk(): Promise<WalkEnd> {
    const { control } = this.#parts;
    while (!this.#window.isEmpty || this.#step) {
      if (control.cancelling) return 'cancelled';
      const next = this.#window.isEmpty ? await this.#interlude.next() : 'go';
      if (next === 'again') continue;
      if (next !== 'go') return next;
      if ((await this.#turn()) === 'stop') return 'failed';
    }
    return control.cancelling ? 'cancelled' : 'finished';
  }

  get #step(): PlannedStep | undefined {
    return stepAt(this.#parts.input.steps, this.#position.cursor);
  }

  /** Keeps the window full, and deals with the first step of it when that comes back. */
  async #turn(): Promise<'go' | 'stop'> {
    const { control } = this.#parts;
    if (!control.paused && !control.cancelling && !workflowInfo().continueAsNewSuggested) this.#fill();
    await condition(() => this.#window.isEmpty || Boolean(this.#window.head?.report) || control.cancelling);
    const { head } = this.#window;
    return head?.report ? this.#settle(head, head.report) : 'go';
  }

  /** Waits for what is in flight, at most `limit`; what ended well in time is recorded. True when nothing is left. */
  async drain(limit?: '2s' | '5s'): Promise<boolean> {
    for (const one of await this.#window.drain(limit)) {
      if (one.report?.outcome === 'done') this.#done(one, one.report);
      if (one.report?.outcome === 'failed') this.#record(one, one.report);
    }
    if (this.#window.isEmpty) this.#ahead = this.#position.cursor;
    return this.#window.isEmpty;
  }

  abandon(): void {
    this.#window.abandon();
  }

  /** The step at the cursor ended without being in flight. */
  #settleHere(report: Reported<'done' | 'failed'>): Next {
    const { cursor, instance, dispatch } = this.#position;
    const step = this.#step;
    if (!step) return 'again';
    const one: InFlight = { step, cursor, instance, dispatch, decides: false };
    this.#record(one, report);
    return report.outcome === 'done' || this.#goesOn(one) ? 'again' : 'failed';
  }

  /** After a failure that is recorded: whether the job goes on, and where. */
  #goesOn({ step, cursor }: InFlight): boolean {
    const { input, log } = this.#parts;
    if (step.continueOnError || !input.settings.stopOnError) return true;
    const after = leaveBody({ log, steps: input.steps, cursor });
    if (after) this.#goTo(after);
    return after !== undefined;
  }

  /** What is behind it may be in flight already, unless it was a decision that had to be waited for. */
  #goTo(cursor: Cursor): void {
    this.#position.cursor = cursor;
    if (this.#window.isEmpty) this.#ahead = cursor;
  }

  #fill(): void {
    const { steps } = this.#parts.input;
    const { browser } = this.#parts.seat;
    if (!browser) return;
    for (let step = stepAt(steps, this.#ahead); step && !this.#window.isFull; step = stepAt(steps, this.#ahead)) {
      // nothing is dispatched past a question or an open decision, and a question is asked only when nothing is in flight
      if (this.#window.isUndecided || (step.approval && !this.#window.isEmpty)) return;
      if (isContainer(step)) {
        this.#sendDecision(step, browser);
        continue;
      }
      this.#window.dispatch(step, this.#ahead, { browser, asking: this.#askingFor(step) });
      this.#ahead = advance(steps, this.#ahead);
      if (step.approval) return;
    }
  }

  /** The list of a loop is taken once: as long as it has items, what it will decide is known. */
  #sendDecision(step: PlannedStep, browser: Acquired): void {
    const iteration = iterationAt(this.#ahead);
    const total = this.#parts.log.state.steps.find(({ id }) => id === step.id)?.loop?.total ?? 0;
    const isKnown = iteration > 0 && iteration < Math.min(total, step.loop?.maxIterations ?? 0);
    this.#window.dispatch(step, this.#ahead, { browser, asking: { decide: { iteration } }, decides: !isKnown });
    if (isKnown) this.#ahead = enter(this.#ahead, 0);
  }

  #askingFor(step: PlannedStep) {
    const { log, input } = this.#parts;
    const { approval } = log.state;
    if (!step.approval) return {};
    const { runbook } = input;
    const digest = approval?.stepId === step.id && approval.answer?.verdict === 'approved' ? approval.evidence.digest : undefined;
    if (!approval || digest === undefined) return { look: { runbook } };
    return { approved: { runbook, approvalId: approval.approvalId, digest } };
  }

  async #settle(head: InFlight, report: StepReport): Promise<'go' | 'stop'> {
    switch (report.outcome) {
      case 'done':
        this.#window.shift();
        this.#done(head, report);
        return 'go';
      case 'skipped':
        this.#window.shift();
        this.#goTo(passBy(this.#at(head)));
        return 'go';
      case 'seen':
        return this.#ask(head, report);
      case 'void':
        return this.#askAgain(head, report);
      case 'failed':
        return this.#fail(head, report);
      case 'unknown':
        return this.#unknown(head, report);
      case 'lost':
        return this.#lost(head, report);
      default:
        await this.#startOver();
        return 'go';
    }
  }

  #at({ step, cursor }: InFlight) {
    const { log, input } = this.#parts;
    return { log, steps: input.steps, cursor, step };
  }

  #done(head: InFlight, report: Reported<'done'>): void {
    if (isContainer(head.step)) this.#goTo(heedDecision(this.#at(head), report));
    else this.#record(head, report);
  }

  #ask(head: InFlight, { evidence }: Reported<'seen'>): 'go' {
    this.#takeBack();
    this.#position.kept = head.dispatch;
    const { log } = this.#parts;
    log.emit({ type: 'approval.requested', approval: approvalOf(log.state, head.step, { evidence }) });
    return 'go';
  }

  /** The head neither did nor failed: the cursor stays. */
  #takeBack(): void {
    this.#window.shift();
    if (this.#window.isEmpty) this.#ahead = this.#position.cursor;
  }

  async #askAgain(head: InFlight, report: Reported<'void'>): Promise<'go' | 'stop'> {
    const { log } = this.#parts;
    const before = log.state.approval;
    this.#takeBack();
    await this.#endGeneration();
    if (!before) return 'go';
    const again = approvalOf(log.state, head.step, { evidence: report.evidence, before });
    log.emit({ type: 'approval.voided', approvalId: before.approvalId, stepId: head.step.id, changes: again.changes ?? [] });
    if (voids(log.state, head.step) >= mostVoids) {
      const at = { instance: head.instance, startedAt: report.startedAt, now: this.#now() };
      this.#record(head, { ...sessionLost(neverTheSame, at), page: report.page, screenshot: report.evidence.screenshot });
      return this.#goesOn(head) ? 'go' : 'stop';
    }
    delete this.#position.kept;
    log.emit({ type: 'approval.requested', approval: again });
    return 'go';
  }

  async #unknown(head: InFlight, report: Reported<'unknown'>): Promise<'go' | 'stop'> {
    const { log, seat, waits } = this.#parts;
    // Nobody knows: whatever the runbook says, nothing is built on that.
    if (!waits) return this.#failForGood(head, unknownOutcome(report, this.#now()));
    this.#takeBack();
    await this.#endGeneration();
    if (head.step.probe && (await this.#probe(head, report))) return 'go';
    const token = (this.#position.dispatch += 1);
    const seen = await seat.keep(token, true);
    this.#position.kept = seen.outcome === 'taken' ? token : undefined;
    this.#position.again = head.instance;
    const page = seen.outcome === 'taken' ? { ...seen.page, screenshot: seen.screenshot } : undefined;
    log.emit({ type: 'approval.requested', approval: outcomeQuestion(log.state, head.step, { report, seen: page }) });
    return 'go';
  }

  /** A browser that was lost while a person was waited for is taken again: nothing has happened since its checkpoint. */
  async #lost(head: InFlight, report: Reported<'lost'>): Promise<'go' | 'stop'> {
    const { log, seat } = this.#parts;
    if (this.#position.kept === undefined) return this.#failForGood(head, lostError(report, this.#now()));
    this.#takeBack();
    await this.#endGeneration();
    delete this.#position.kept;
    seat.browser = null;
    log.emit({ type: 'browser.lost' });
    return 'go';
  }

  /** Interrupted or never begun: what is left of the generation comes back at once, and the same steps are dispatched again when nothing speaks against it. */
  async #startOver(): Promise<void> {
    const cut = this.#window.steps.find((one) => one.report?.outcome === 'interrupted');
    if (cut) this.#parts.log.emit({ type: 'step.interrupted', stepId: cut.step.id });
    await this.#endGeneration();
  }

  async #endGeneration(): Promise<void> {
    const { control } = this.#parts;
    await condition(() => this.#window.steps.every((one) => one.report) || control.cancelling);
    if (control.cancelling) return;
    await this.drain();
    this.#position.gen += 1;
  }

  async #fail(head: InFlight, report: Reported<'failed'>): Promise<'go' | 'stop'> {
    await this.#failForGood(head, report);
    return this.#goesOn(head) ? 'go' : 'stop';
  }

  async #failForGood(head: InFlight, report: Reported<'failed'>): Promise<'stop'> {
    this.#window.shift();
    this.#record(head, report);
    await this.#endGeneration();
    return 'stop';
  }

  /** Asks the step's probe what nobody knows. False: it does not know either, and a person is asked. */
  async #probe(head: InFlight, unknown: Reported<'unknown'>): Promise<boolean> {
    const { seat, control } = this.#parts;
    if (!seat.browser) return false;
    const asked = this.#window.dispatch(head.step, head.cursor, { browser: seat.browser, asking: { probe: true } });
    await condition(() => asked.report !== undefined || control.cancelling);
    const { report } = asked;
    if (!report) return true;
    this.#takeBack();
    if (report.outcome !== 'done') {
      await this.#endGeneration();
      return false;
    }
    if (report.happened) this.#record(head, { ...report, instance: head.instance, attempt: unknown.attempt, startedAt: unknown.startedAt });
    else this.#position.again = head.instance;
    return true;
  }

  #record(one: InFlight, report: Reported<'done' | 'failed'>): void {
    const { log, input } = this.#parts;
    tellEnd(log, one, report);
    this.#position.cursor = advance(input.steps, one.cursor);
    delete this.#position.kept;
    delete this.#position.again;
    if (this.#window.isEmpty) this.#ahead = this.#position.cursor;
  }

  #now(): string {
    return new Date().toISOString();
  }
}
