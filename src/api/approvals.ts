/** Handler of the approvals inbox: what waits for a person, and what was decided lately. */
import type { Verdict } from '../contract/approval.ts';
import type { ApprovalList } from '../contract/lists.ts';
import { findAnswers, type StoredAnswer } from '../db/job-answers.ts';
import { findWaitingRows } from '../db/jobs.ts';
import { deadlineActor } from '../domain/reduce-waiting.ts';
import type { ApiDependencies } from './dependencies.ts';
import type { Handlers } from './route.ts';

export type ApprovalHandlers = Pick<Handlers, 'listApprovals'>;
type Decided = ApprovalList['decided'][number];

const mostWaiting = 200;
const lately = { hours: 24, limit: 50 };

export function approvalHandlers({ database: { db } }: Pick<ApiDependencies, 'database'>): ApprovalHandlers {
  return {
    async listApprovals() {
      const [waiting, answers] = await Promise.all([findWaitingRows(db, mostWaiting), findAnswers(db, lately)]);
      return { waiting, decided: answers.map(toDecided) };
    },
  };
}

function toDecided(answer: StoredAnswer): Decided {
  const { jobId, title, sentence, event } = answer;
  const comment = 'comment' in event ? event.comment : undefined;
  return { jobId, title, sentence, verdict: verdictOf(event), actor: actorOf(answer), at: event.at, ...(comment && { comment }) };
}

function verdictOf(event: StoredAnswer['event']): Verdict {
  if (event.type === 'outcome.resolved') return event.outcome;
  return (
    { 'approval.approved': 'approved', 'approval.rejected': 'rejected', 'approval.expired': 'expired', 'approval.voided': 'void' } as const
  )[event.type];
}

function actorOf({ event, approvedBy }: StoredAnswer): string {
  if (event.type === 'approval.expired') return deadlineActor;
  return event.type === 'approval.voided' ? (approvedBy ?? 'nobody') : event.actor;
}
