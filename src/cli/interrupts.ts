/** Ctrl-C while a job is followed: the job goes on, unless it was said that it is to be cancelled. */
import type { ApiClient } from './api-client.ts';
import { plain, writeLine, type Console } from './console.ts';
import { CommandError, exit } from './exit.ts';

export type Interrupts = {
  /** aborted with a CommandError when the command is to end */
  readonly signal: AbortSignal;
  /** somebody has pressed Ctrl-C */
  readonly asked: boolean;
  /** from now on this is the job that is followed */
  started(jobId: string, page: string): void;
  end(): void;
};

const goesOn = (page: string): string => `The job goes on. See and cancel it at ${page}`;

/** With `cancel` the first Ctrl-C cancels the job, and its end is waited for; the second one ends the command. */
export function watchInterrupts(console: Console, api: ApiClient, { cancel }: { cancel: boolean }): Interrupts {
  const stop = new AbortController();
  let job: { id: string; page: string } | undefined;
  let asked = false;

  const leave = (text: string): void => stop.abort(new CommandError(text, exit.stopped));
  async function cancelJob({ id, page }: { id: string; page: string }): Promise<void> {
    writeLine(console.stderr, 'Cancelling the job. Ctrl-C again: do not wait for its end.');
    try {
      await api.json('POST', `/api/jobs/${encodeURIComponent(id)}/cancel`, {
        body: { actor: 'command line', comment: 'Ctrl-C' },
        patient: true,
      });
    } catch (error) {
      leave(`It could not be cancelled: ${plain(error instanceof Error ? error.message : String(error), 500)}. ${goesOn(page)}`);
    }
  }
  const remove = console.onInterrupt(() => {
    const again = asked;
    asked = true;
    if (!job) {
      writeLine(console.stderr, `Stopped. Whether a job has just been started is shown at ${api.server.url.origin}`);
      process.exit(exit.stopped);
    } else if (cancel && !again) void cancelJob(job);
    else leave(cancel ? `The job is being cancelled; see ${job.page}` : goesOn(job.page));
  });
  return {
    signal: stop.signal,
    get asked() {
      return asked;
    },
    started: (id, page) => (job = { id, page }),
    end: remove,
  };
}
