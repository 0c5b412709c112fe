/** What may be done to a job, and when: the table of the Jobs console, in one place. */
import type { Command } from '../contract/command.ts';
import type { JobAction, JobHeader, JobStatus, StepStatus } from '../contract/job.ts';

type Situation = Pick<JobHeader, 'status' | 'pausing' | 'cancelling' | 'approval'>;

const byStatus: Record<JobStatus, JobAction[]> = {
  scheduled: ['start_now', 'cancel'],
  queued: ['cancel'],
  running: ['pause', 'cancel'],
  waiting_for_approval: ['approve', 'reject', 'cancel'],
  paused: ['resume', 'cancel'],
  completed: [],
  failed: [],
  cancelled: [],
};

/** A pause that still waits for its step can be taken back; a job that is being cancelled takes no orders. */
export function allowedActions(job: Situation): JobAction[] {
  if (job.cancelling) return [];
  if (job.status === 'running' && job.pausing) return ['resume', 'cancel'];
  if (job.status === 'waiting_for_approval' && job.approval?.kind === 'outcome') return ['resolve', 'cancel'];
  return byStatus[job.status];
}

/** Nothing happens to the job any more. */
export const isOver = (status: JobStatus): boolean => status === 'completed' || status === 'failed' || status === 'cancelled';

/** Nothing happens to the step any more. */
export const hasEnded = ({ status }: { status: StepStatus }): boolean =>
  status === 'succeeded' || status === 'failed' || status === 'skipped';

export type RefusalCode = 'action_not_allowed' | 'approval_id_missing' | 'approval_superseded';
export type Decision = { accepted: true } | { accepted: false; code: RefusalCode; reason: string; status: JobStatus; allowed: JobAction[] };

/**
 * `bare`: it came as a signal, which may leave out which ask it answers as long as there was only one. `at`: when it came (ISO 8601); a yes after the deadline comes
 * too late, also when the deadline itself could not be heeded in time.
 */
export type Asked = Pick<Command, 'action' | 'approvalId' | 'stepId' | 'attempt' | 'outcome'> & { bare?: boolean; at?: string };

/** Pure: the validator of the Updates and the guard of the signals. */
export function decide(job: Situation, command: Asked): Decision {
  const allowed = allowedActions(job);
  const refuse = (code: RefusalCode, reason: string): Decision => ({ accepted: false, code, reason, status: job.status, allowed });
  if (!allowed.includes(command.action)) return refuse('action_not_allowed', refusal(job, command.action, allowed));
  const wrong = answersAnother(job, command) ?? tooLate(job, command);
  return wrong ? refuse(wrong.code, wrong.reason) : { accepted: true };
}

function refusal(job: Situation, action: string, allowed: JobAction[]): string {
  const state = job.cancelling ? 'being cancelled' : job.pausing ? 'pausing' : job.status.replaceAll('_', ' ');
  const now = allowed.length > 0 ? `allowed now: ${allowed.join(', ')}` : 'nothing can be asked of it any more';
  if (job.approval?.kind === 'outcome' && (action === 'approve' || action === 'reject')) {
    return `${action} does not say what became of step ${job.approval.stepId}; answer with resolve: done, again or failed`;
  }
  return `${action} is not possible while the job is ${state}; ${now}`;
}

type Wrong = { code: RefusalCode; reason: string } | undefined;

function answersAnother({ approval }: Situation, command: Asked): Wrong {
  if (!approval) return undefined;
  if (command.action === 'resolve') return resolvesAnother(approval, command);
  if (command.action !== 'approve' && command.action !== 'reject') return undefined;
  const { approvalId, ask } = approval;
  if (command.approvalId === undefined) {
    if (command.bare && ask === 1) return undefined;
    const why = command.bare ? `it was asked ${ask} times` : 'an answer must say what it answers';
    return { code: 'approval_id_missing', reason: `${command.action} must name the approvalId (now ${approvalId}): ${why}` };
  }
  if (command.approvalId === approvalId) return undefined;
  return { code: 'approval_superseded', reason: `the question ${command.approvalId} is not open any more; now ${approvalId} is asked` };
}

function tooLate({ approval }: Situation, { action, at }: Asked): Wrong {
  if (action !== 'approve' || at === undefined || approval?.deadline === undefined || at < approval.deadline) return undefined;
  return { code: 'approval_superseded', reason: `the deadline of the question ${approval.approvalId} has passed (${approval.deadline})` };
}

function resolvesAnother(approval: NonNullable<Situation['approval']>, { stepId, attempt, outcome }: Asked): Wrong {
  const asked = `step ${approval.stepId}, attempt ${approval.attempt ?? 1}`;
  if (stepId === undefined || attempt === undefined || outcome === undefined)
    return {
      code: 'approval_id_missing',
      reason: `resolve must name stepId, attempt and outcome (done, again or failed); asked is ${asked}`,
    };
  if (stepId === approval.stepId && attempt === (approval.attempt ?? 1)) return undefined;
  return { code: 'approval_superseded', reason: `step ${stepId}, attempt ${attempt} is not asked about; asked is ${asked}` };
}
