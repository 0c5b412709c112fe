/** Commands to the job, however they arrive. Handlers are synchronous and never throw; the story does the work. */
import { ApplicationFailure, setDefaultSignalHandler, setHandler } from '@temporalio/workflow';
import type { Command } from '../contract/command.ts';
import type { JobAction } from '../contract/job.ts';
import { decide } from '../domain/decide.ts';
import type { JobLog } from './job-log.ts';
import { actions, eventsSinceQuery, headerQuery, refusalType, signalOf, updateOf } from './messages.ts';

/** Refusals beyond these are not recorded: a flood of signals must not fill the history. */
const recordedRefusals = 100;

const text = (value: unknown, limit: number): string | undefined =>
  typeof value === 'string' && value.trim() ? value.trim().slice(0, limit) : undefined;

/** Whatever came: unknown fields are ignored, wrong types count as absent. */
function commandFrom(action: JobAction, payload: unknown, origin: string): Command {
  const fields = typeof payload === 'object' && payload !== null ? (payload as Record<string, unknown>) : {};
  return { action, actor: text(fields.actor, 200) ?? origin, comment: text(fields.comment, 1_000) };
}

const isAction = (name: string): name is JobAction => (actions as readonly string[]).includes(name);

export class JobControl {
  paused = false;
  cancelling = false;
  /** what to do at once when the job shall stop: shut the generation, give up waiting for a browser */
  onStop: () => void = () => undefined;
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
          this.#apply(commandFrom(action, payload, 'api'));
          return this.#log.header;
        },
        {
          validator: (payload) => this.#validate(commandFrom(action, payload, 'api')),
          description: `${action} the job; refused at the wrong moment`,
        },
      );
    }
    setHandler(headerQuery, () => this.#log.header);
    setHandler(eventsSinceQuery, (seq) => this.#log.eventsSince(Number(seq) || 0));
  }

  /** Native cancellation, from the CLI or the Web UI. */
  cancelNatively(): void {
    const command: Command = { action: 'cancel', actor: 'Temporal' };
    if (decide(this.#log.state, command).accepted) this.#apply(command);
  }

  #validate(command: Command): void {
    const decision = decide(this.#log.state, command);
    if (decision.accepted) return;
    const { reason, status, allowed } = decision;
    throw ApplicationFailure.create({ message: reason, type: refusalType, nonRetryable: true, details: [{ reason, status, allowed }] });
  }

  #signal(name: string, payload: unknown): void {
    if (!isAction(name)) return this.#refuse(name.slice(0, 60), 'a signal', `there is no such signal; known are ${actions.join(', ')}`);
    const command = commandFrom(name, payload, 'a signal');
    const decision = decide(this.#log.state, command);
    if (decision.accepted) this.#apply(command);
    else this.#refuse(name, command.actor, decision.reason);
  }

  #refuse(action: string, actor: string, reason: string): void {
    this.#refusals += 1;
    if (this.#refusals <= recordedRefusals) this.#log.emit({ type: 'command.refused', action, actor, reason });
  }

  #apply({ action, actor, comment }: Command): void {
    if (action === 'resume') {
      this.paused = false;
      this.#log.emit({ type: 'job.resumed', actor, comment });
      return;
    }
    if (action === 'pause') this.paused = true;
    else this.cancelling = true;
    this.#log.emit({ type: action === 'pause' ? 'job.pausing' : 'job.cancelling', actor, comment });
    this.onStop();
  }
}
