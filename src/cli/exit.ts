/** How the command ends, and what it says when it cannot go on. */

/** `stopped`: as after Ctrl-C; `timedOut`: as the program `timeout` has it. */
export const exit = {
  completed: 0,
  failed: 1,
  wrongUse: 2,
  cancelled: 3,
  unreachable: 4,
  timedOut: 124,
  stopped: 130,
} as const;
export type ExitCode = (typeof exit)[keyof typeof exit];

/** Ends the command. `message` says what is wrong, and what to do about it. */
export class CommandError extends Error {
  override name = 'CommandError';
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = exit.wrongUse, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
