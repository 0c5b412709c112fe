import { DefaultLogger, Runtime } from '@temporalio/worker';

let installed = false;

/** Temporal's runtime tells only errors. Call it before the first worker of a test file. */
export function quietTemporal(): void {
  if (!installed) Runtime.install({ shutdownSignals: [], logger: new DefaultLogger('ERROR') });
  installed = true;
}
