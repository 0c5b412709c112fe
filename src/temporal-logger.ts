/** Temporal's own lines go through our log: warnings and worse, as JSON like the rest. */
import { DefaultLogger, type LogLevel, type RuntimeOptions } from '@temporalio/worker';
import type { Log } from './log.ts';

const levels: Record<LogLevel, 'debug' | 'info' | 'warn' | 'error'> = {
  TRACE: 'debug',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
};

/** A worker for activities alone says so each time; ours is one on purpose. */
const expected = 'No workflows registered, not polling for workflow tasks';

/** Options for `Runtime.install`; the process ends itself on signals. */
export const temporalRuntime = (log: Log): RuntimeOptions => ({
  logger: new DefaultLogger('WARN', ({ level, message, meta }) =>
    log[message === expected ? 'debug' : levels[level]]({ temporal: meta }, message),
  ),
  // what the native part says would else be written past our log, as coloured text
  telemetryOptions: { logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} } },
  shutdownSignals: [],
});
