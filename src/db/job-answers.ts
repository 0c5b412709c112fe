import { and, desc, eq, gt, sql } from 'drizzle-orm';
import type { JobEvent } from '../contract/event.ts';
import type { Queryable } from './database.ts';
import { jobEvents, jobs } from './schema.ts';

export type AnswerType = 'approval.approved' | 'approval.rejected' | 'approval.expired' | 'approval.voided' | 'outcome.resolved';
export type StoredAnswer = {
  jobId: string;
  title: string;
  event: Extract<JobEvent, { type: AnswerType }>;
  sentence: string;
  approvedBy: string | null;
};

/** As in the index job_events_answers, by which it is read. */
const isAnswer = sql`${jobEvents.type} in ('approval.approved', 'approval.rejected', 'approval.expired', 'approval.voided', 'outcome.resolved')`;
const approvalId = sql`${jobEvents.event} ->> 'approvalId'`;

/** What the question of an answer was. */
const sentence = sql<string>`coalesce((
  select asked.event #>> '{approval,evidence,sentence}' from job_events asked
  where asked.job_id = ${jobEvents.jobId} and asked.type = 'approval.requested' and asked.event #>> '{approval,approvalId}' = ${approvalId}
  limit 1), '')`;
/** Who approved what was void then. */
const approvedBy = sql<string | null>`case when ${jobEvents.type} = 'approval.voided' then (
  select approved.event ->> 'actor' from job_events approved
  where approved.job_id = ${jobEvents.jobId} and approved.type = 'approval.approved' and approved.event ->> 'approvalId' = ${approvalId}
  limit 1) end`;

/** Answers of the last `hours`, newest first. */
export async function findAnswers(db: Queryable, { hours, limit }: { hours: number; limit: number }): Promise<StoredAnswer[]> {
  const found = await db
    .select({ jobId: jobs.id, title: sql<string>`${jobs.header} ->> 'title'`, event: jobEvents.event, sentence, approvedBy })
    .from(jobEvents)
    .innerJoin(jobs, eq(jobs.id, jobEvents.jobId))
    .where(and(isAnswer, gt(jobEvents.at, sql`clock_timestamp() - make_interval(hours => ${hours})`)))
    .orderBy(desc(jobEvents.at), desc(jobEvents.jobId), desc(jobEvents.seq))
    .limit(limit);
  return found as StoredAnswer[];
}
