/** Looks, and approved steps, as the workflow would dispatch them. */
import type { Evidence } from '../../src/contract/approval.ts';
import type { Action } from '../../src/contract/action.ts';
import type { PlannedApproval, StepReport, StepTask } from '../../src/contract/step-task.ts';
import type { TestJob } from './rig.ts';

export const runbook = { id: 'rb_pay', version: 3 };
export const release: Action = { type: 'click', selector: { id: 'release' } };
type Asked = { approval?: Partial<PlannedApproval>; over?: Partial<StepTask>; retries?: number; timeout?: number };

const planned = ({ approval, retries = 0, timeout = 8_000 }: Asked) => ({
  approval: { onTimeout: 'reject' as const, changingParameters: [], ...approval },
  retries,
  timeout,
});

export const lookTask = (job: TestJob, action: Action, asked: Asked = {}): StepTask =>
  job.task({ action, effect: 'read', ...planned(asked) }, { gen: job.gen(), look: { runbook }, ...asked.over });

export const approvedTask = (job: TestJob, action: Action, { digest, ...asked }: Asked & { digest: string }): StepTask =>
  job.task({ action, ...planned(asked) }, { approved: { runbook, approvalId: 'ap_1', digest }, ...asked.over });

export function evidenceOf(report: StepReport, outcome: 'seen' | 'void' = 'seen'): Evidence & { digest: string } {
  if (report.outcome !== outcome || !('evidence' in report)) throw new Error(`not ${outcome}: ${JSON.stringify(report)}`);
  return { ...report.evidence, digest: report.evidence.digest ?? '' };
}

export const lookAt = async (job: TestJob, action: Action, asked: Asked = {}): Promise<Evidence & { digest: string }> =>
  evidenceOf(await job.run(lookTask(job, action, asked)));
