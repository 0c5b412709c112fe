import type { StepReport } from '../contract/step-task.ts';
import { closeUndecided } from './containers.ts';
import type { JobLog } from './job-log.ts';
import type { InFlight } from './step-window.ts';

/** Tells how a step ended. */
export function tellEnd(log: JobLog, one: InFlight, report: Extract<StepReport, { outcome: 'done' | 'failed' }>): void {
  const { attempt, retries, startedAt, finishedAt, page, screenshot, dialogs, troubles } = report;
  const ran = { stepId: one.step.id, attempt, retries, startedAt, finishedAt, page, screenshot, dialogs, ...(troubles && { troubles }) };
  if (report.outcome === 'done') {
    const { matchedBy, captures, missed, files, appended } = report;
    log.emit({ type: 'step.succeeded', ...ran, matchedBy, captures, missed, files, appended });
    return;
  }
  closeUndecided({ log, ...one });
  log.emit({ type: 'step.failed', ...ran, error: report.error });
}
