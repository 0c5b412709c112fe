/** What may be done to a job, and when: the table of the Jobs console, in one place. */
import type { Command } from '../contract/command.ts';
import type { JobAction, JobHeader, JobStatus } from '../contract/job.ts';

type Situation = Pick<JobHeader, 'status' | 'pausing' | 'cancelling'>;

const byStatus: Record<JobStatus, JobAction[]> = {
  scheduled: ['cancel'],
  queued: ['cancel'],
  running: ['pause', 'cancel'],
  waiting_for_approval: ['cancel'],
  paused: ['resume', 'cancel'],
  completed: [],
  failed: [],
  cancelled: [],
};

/** A pause that still waits for its step can be taken back; a job that is being cancelled takes no orders. */
export function allowedActions(job: Situation): JobAction[] {
  if (job.cancelling) return [];
  if (job.status === 'running' && job.pausing) return ['resume', 'cancel'];
  return byStatus[job.status];
}

/** Nothing happens to the job any more. */
export const isOver = (status: JobStatus): boolean => status === 'completed' || status === 'failed' || status === 'cancelled';

export type Decision = { accepted: true } | { accepted: false; reason: string; status: JobStatus; allowed: JobAction[] };

/** Pure: the validator of the Updates and the guard of the signals. */
export function decide(job: Situation, command: Pick<Command, 'action'>): Decision {
  const allowed = allowedActions(job);
  if (allowed.includes(command.action)) return { accepted: true };
  return { accepted: false, reason: refusal(job, command.action, allowed), status: job.status, allowed };
}

function refusal(job: Situation, action: string, allowed: JobAction[]): string {
  const state = job.cancelling ? 'being cancelled' : job.pausing ? 'pausing' : job.status.replaceAll('_', ' ');
  const now = allowed.length > 0 ? `allowed now: ${allowed.join(', ')}` : 'nothing can be asked of it any more';
  return `${action} is not possible while the job is ${state}; ${now}`;
}
