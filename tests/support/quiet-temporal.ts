import { DefaultLogger, Runtime } from '@temporalio/worker';

let installed = false;

/** Temporal's runtime tells only errors. Call it before the first worker of a test file. */
export function quietTemporal(): void {
  if (!installed) Runtime.install({ shutdownSignals: [], logger: new DefaultLogger('ERROR') });
  installed = true;
}

/**
 * `debugMode` of a test's workflow worker: workflows run in the test's own thread. One of their own costs a second of CPU each time it starts, and its deadline for
 * a turn of a workflow passes on a busy machine. The product, which end-to-end tests run, keeps its threads.
 */
export const inThisThread = true;
