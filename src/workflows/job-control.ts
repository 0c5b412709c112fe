/** Commands to the job, however they arrive. Handlers are synchronous and never throw; the story does the work. */
import { ApplicationFailure, setDefaultSignalHandler, setHandler } from '@temporalio/workflow';
import type { Command, Outcome } from '../contract/command.ts';
import type { JobEventBody } from '../contract/event.ts';
import type { JobAction, JobState } from '../contract/job.ts';
import { decide } from '../domain/decide.ts';
import { readCommand } from './command-payload.ts';
import type { JobLog } from './job-log.ts';
import { actions, eventsSinceQuery, headerQuery, signalOf, updateOf } from './messages.ts';

/** Refusals beyond these are not recorded: a flood of signals must not fill the history. */
const recordedRefusals = 100;

/** The workflow's clock: the same in every replay. */
const now = (): string => new Date().toISOString();

const isAction = (name: string): name is JobAction => (actions as readonly string[]).includes(name);

const refusal = (code: string, reason: string, details: object): ApplicationFailure =>
  ApplicationFailure.create({ message: reason, type: code, nonRetryable: true, details: [{ code, reason, ...details }] });

export class JobControl {
  paused = false;
  cancelling = false;
  /** what to do at once when the job shall stop: shut the generation, give up waiting for a browser */
  readonly onStop = new Set<() => void>();
  #refusals = 0;
  readonly #log: JobLog;

  constructor(log: JobLog) {
    this.#log = log;
    this.paused = !log.isEmpty && (log.state.status === 'paused' || log.state.pausing);
    this.cancelling = !log.isEmpty && log.state.cancelling;
  }

  /** Before the first await. The default handler comes first, else buffered signals would be handed over handler by handler, out of order. */
  register(): void {
    setDefaultSignalHandler((name, ...args) => this.#signal(name, args[0]));
    for (const action of actions) {
      setHandler(signalOf(action), (payload) => this.#signal(action, payload), { description: `${action} the job` });
      setHandler(
        updateOf(action),
        (payload) => {
          const command = readCommand(action, payload, 'api');
          if (!('wrong' in command)) this.#apply(command);
          return this.#log.header;
        },
        {
          validator: (payload) => this.#validate(action, payload),
          description: `${action} the job; refused at the wrong moment`,
        },
      );
    }
    setHandler(headerQuery, () => this.#log.header);
    setHandler(eventsSinceQuery, (seq) => this.#log.eventsSince(Number(seq) || 0));
  }

  /** Native cancellation, from the CLI or the Web UI. */
  cancelNatively(): void {
    this.cancel('Temporal');
  }

  cancel(actor: string): void {
    const command: Command = { action: 'cancel', actor };
    if (decide(this.#log.state, command).accepted) this.#apply(command);
  }

  #validate(action: JobAction, payload: unknown): void {
    const command = readCommand(action, payload, 'api');
    if ('wrong' in command)
      throw refusal('invalid_command', `${action}: ${command.wrong}`, { status: this.#log.state.status, allowed: [] });
    const decision = decide(this.#log.state, { ...command, at: now() });
    if (decision.accepted) return;
    const { code, reason, status, allowed } = decision;
    throw refusal(code, reason, { status, allowed });
  }

  #signal(name: string, payload: unknown): void {
    if (!isAction(name)) return this.#refuse(name.slice(0, 60), 'a signal', `there is no such signal; known are ${actions.join(', ')}`);
    const command = readCommand(name, payload, 'a signal');
    if ('wrong' in command) return this.#refuse(name, 'a signal', command.wrong);
    const decision = decide(this.#log.state, { ...command, bare: command.approvalId === undefined, at: now() });
    if (decision.accepted) this.#apply(command);
    else this.#refuse(name, command.actor, decision.reason);
  }

  #refuse(action: string, actor: string, reason: string): void {
    this.#refusals += 1;
    if (this.#refusals <= recordedRefusals) this.#log.emit({ type: 'command.refused', action, actor, reason });
    if (this.#refusals === recordedRefusals)
      this.#log.emit({
        type: 'command.refused',
        action,
        actor,
        reason: `${recordedRefusals} were refused; further refusals are not recorded`,
      });
  }

  #apply(command: Command): void {
    const { action } = command;
    if (action === 'resume') this.paused = false;
    if (action === 'pause') this.paused = true;
    if (action === 'cancel') this.cancelling = true;
    this.#log.emit(eventOf(command, this.#log.state));
    if (action === 'pause' || action === 'cancel') for (const stop of [...this.onStop]) stop();
  }
}

type By = { actor: string; comment?: string };
type Asked = { approvalId: string; stepId: string };

const events: Record<JobAction, (by: By, asked: Asked, outcome: Outcome) => JobEventBody> = {
  pause: (by) => ({ type: 'job.pausing', ...by }),
  resume: (by) => ({ type: 'job.resumed', ...by }),
  cancel: (by) => ({ type: 'job.cancelling', ...by }),
  start_now: (by) => ({ type: 'job.started_now', ...by }),
  approve: (by, asked) => ({ type: 'approval.approved', ...asked, ...by }),
  reject: (by, asked) => ({ type: 'approval.rejected', ...asked, ...by }),
  resolve: (by, asked, outcome) => ({ type: 'outcome.resolved', ...asked, outcome, ...by }),
};

/** The command was accepted, so what it answers is there. */
function eventOf({ action, actor, comment, outcome = 'failed' }: Command, { approval }: JobState): JobEventBody {
  return events[action]({ actor, comment }, { approvalId: approval?.approvalId ?? '', stepId: approval?.stepId ?? '' }, outcome);
}
