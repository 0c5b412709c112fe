/** The activities as Temporal calls them: heartbeats, cancellation, and the errors that Temporal understands. */
import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import type { AcquireActivities, ControlActivities, StepActivities } from '../contract/step-task.ts';
import { acquireBrowser, Superseded } from './acquire.ts';
import { HostError } from '../host/client.ts';
import { checkpointBrowser, closeBrowser, parkBrowser, stopSteps } from './control.ts';
import type { WorkerDependencies } from './dependencies.ts';
import { createPages } from './pages.ts';
import { createStepRunner } from './run-step.ts';
import { createRunning } from './running.ts';
import { createStepPictures } from './step-pictures.ts';

const heartbeatMs = 1_000;

/** @returns the activities of the three queues of a browser worker; they share the attached browsers and the steps that run */
export function createActivities(dependencies: WorkerDependencies): {
  acquire: AcquireActivities;
  steps: StepActivities;
  control: ControlActivities;
} {
  const pages = createPages();
  const running = createRunning();
  const pictures = createStepPictures(dependencies);
  const runStep = createStepRunner({ dependencies, pages, running, pictures });
  return {
    acquire: { acquireBrowser: (task) => withHeartbeats((signal) => acquireBrowser(task, signal, { dependencies, pages })) },
    steps: { runStep: (task) => cancellable((signal, heartbeat) => runStep(task, { signal, heartbeat })) },
    control: {
      stopSteps: (task) => stopSteps(task, dependencies, running),
      closeBrowser: (task) => withHeartbeats(() => closeBrowser(task, { dependencies, pages, pictures })),
      checkpointBrowser: (task) => withHeartbeats(() => checkpointBrowser(task, { dependencies, pages })),
      parkBrowser: (task) => withHeartbeats(() => parkBrowser(task, { dependencies, pages, pictures })),
    },
  };
}

function withHeartbeats<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  return cancellable(async (signal, heartbeat) => {
    const beat = setInterval(heartbeat, heartbeatMs);
    heartbeat();
    try {
      return await work(signal);
    } finally {
      clearInterval(beat);
    }
  });
}

/**
 * Whatever the browser or a socket threw because of the cancellation, Temporal must see a cancellation: else it would try again. The end of this process is
 * no cancellation: the step is left as it is, and the next worker goes on with it.
 */
async function cancellable<T>(work: (signal: AbortSignal, heartbeat: () => void) => Promise<T>): Promise<T> {
  const context = Context.current();
  const cancelled = new AbortController();
  const onCancel = (): void => {
    const details = context.cancellationDetails;
    if (!details?.workerShutdown) cancelled.abort(details?.cancelRequested ? undefined : new Superseded());
  };
  context.cancellationSignal.addEventListener('abort', onCancel, { once: true });
  try {
    return await work(cancelled.signal, () => context.heartbeat());
  } catch (error) {
    if (cancelled.signal.aborted) throw new CancelledFailure('cancelled', [], error instanceof Error ? error : undefined);
    // a ledger that cannot be read now can never be
    if (error instanceof HostError && error.code === 'ledger_unreadable') throw ApplicationFailure.nonRetryable(error.message, error.code);
    throw error;
  } finally {
    context.cancellationSignal.removeEventListener('abort', onCancel);
  }
}
