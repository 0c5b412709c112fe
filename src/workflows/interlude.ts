/** What happens while no step is in flight: the job rests, a person is waited for, their answer is heeded, a browser is taken again. */
import { condition, workflowInfo } from '@temporalio/workflow';
import type { StepReport } from '../contract/step-task.ts';
import { stepAt } from '../domain/cursor.ts';
import { rejected, sessionLost } from './step-errors.ts';
import type { RunnerParts, WalkEnd } from './step-runner.ts';
import { waitForPerson, type Wait, type WaitEnd } from './waiting.ts';

/** `go`: the step at the cursor may be dispatched. `again`: something has changed, look at everything anew. */
export type Next = 'go' | 'again' | WalkEnd;

type Ended = Extract<StepReport, { outcome: 'done' | 'failed' }>;
/** `settle` records the end of the step at the cursor, and says how the job goes on. `position` is the runner's own. */
type Parts = RunnerParts & { settle: (report: Ended) => Next };

export class Interlude {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async next(): Promise<Next> {
    const { control, log, input, seat, position } = this.#parts;
    if (workflowInfo().continueAsNewSuggested) return 'continue';
    if (control.paused) return this.#rest();
    const step = stepAt(input.steps, position.cursor);
    const { approval } = log.state;
    if (step && approval?.stepId === step.id) {
      if (!approval.answer) return this.#awaitAnswer();
      if (approval.answer.verdict !== 'approved') return this.#heed();
    }
    return seat.browser ? 'go' : this.#takeAgain();
  }

  async #rest(): Promise<Next> {
    const { control, log, waits } = this.#parts;
    if (log.state.status !== 'paused') log.emit({ type: 'job.paused' });
    if (!waits) {
      await condition(() => !control.paused || control.cancelling);
      return control.cancelling ? 'cancelled' : 'again';
    }
    const token = this.#token();
    const stopKeeping = this.#keep(token);
    const end = await this.#wait({ until: () => !control.paused, token, summary: 'paused' });
    stopKeeping();
    return end === 'continue' || end === 'cancelled' ? end : 'again';
  }

  /** The checkpoint that shows the page as it is now, or a new one. */
  #token(): number {
    const { position } = this.#parts;
    return position.kept ?? (position.dispatch += 1);
  }

  /** A checkpoint beside the rest, which does not wait for it. From the call of what it returns on, it counts no more: steps may have changed the page. */
  #keep(token: number): () => void {
    const { seat, position } = this.#parts;
    let resting = true;
    if (seat.browser && position.kept === undefined) {
      void seat.keep(token, false).then(({ outcome }) => {
        if (outcome === 'taken' && resting) position.kept = token;
      });
    }
    return () => (resting = false);
  }

  async #wait(wait: Wait): Promise<WaitEnd> {
    const { log, control, seat, input, position } = this.#parts;
    const end = await waitForPerson({ log, control, seat, parkAfterMs: input.parkAfterMs }, wait);
    // parked with this checkpoint: the browser that comes back from it may be lost before anything happens in it, too
    if (log.state.parked && !seat.browser) position.kept = wait.token;
    return end;
  }

  async #awaitAnswer(): Promise<Next> {
    const { log, control } = this.#parts;
    const { approval } = log.state;
    if (!approval) return 'again';
    const { approvalId, stepId, deadline, onTimeout = 'reject' } = approval;
    const summary = `${approval.kind === 'outcome' ? 'what became' : 'approval'} of step ${approval.ordinal}`;
    // “run again” takes the question away
    const until = (): boolean => log.state.approval?.approvalId !== approvalId || log.state.approval.answer !== undefined;
    const end = await this.#wait({ until, deadline, token: this.#token(), summary });
    if (end === 'deadline') {
      log.emit({ type: 'approval.expired', approvalId, stepId, onTimeout });
      if (onTimeout === 'cancel') control.cancel('the deadline');
    }
    return end === 'continue' ? 'continue' : 'again';
  }

  /** Answered, and not with a yes. */
  #heed(): Next {
    const { log, position } = this.#parts;
    const { approval } = log.state;
    if (!approval?.answer) return 'again';
    const at = { instance: position.instance, startedAt: approval.askedAt, now: now() };
    if (approval.answer.verdict !== 'done') return this.#parts.settle(rejected(approval, approval.answer, at));
    const ran = { attempt: approval.attempt ?? 1, retries: 0, startedAt: at.startedAt, finishedAt: at.now };
    return this.#parts.settle({ ...ran, instance: at.instance, outcome: 'done', captures: [] });
  }

  async #takeAgain(): Promise<Next> {
    const { log, seat, control, position } = this.#parts;
    if (log.state.status !== 'queued') log.emit({ type: 'job.queued' });
    const got = await seat.takeAgain();
    if (got.outcome === 'given_up' || control.cancelling) return 'cancelled';
    if (got.outcome === 'refused') return { refused: got.error };
    const url = got.page?.url ?? log.state.parked?.url ?? '';
    log.emit({ type: 'browser.restored', host: got.browser.host, url });
    if (got.outcome === 'acquired') return 'again';
    const at = { instance: position.instance, startedAt: now(), now: now() };
    this.#parts.settle({ ...sessionLost(got.error, at), page: got.page, screenshot: got.screenshot });
    // whatever the runbook says: the steps after it would run on a page that is not theirs
    return 'failed';
  }
}

const now = (): string => new Date().toISOString();
