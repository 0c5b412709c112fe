import { eq, or, sql } from 'drizzle-orm';
import type { JobDetail } from '../contract/job.ts';
import type { Queryable } from './database.ts';
import { jobs } from './schema.ts';

const most = 200;

/** A job, the ones it repeats and the ones that repeat it, oldest first; empty when there is no such job. */
export async function findAttempts(db: Queryable, jobId: string): Promise<JobDetail['attempts']> {
  const first = sql`(select coalesce(own.chain, own.id) from jobs own where own.id = ${jobId})`;
  const found = await db
    .select({ jobId: jobs.id, header: jobs.header })
    .from(jobs)
    .where(or(eq(jobs.id, first), eq(jobs.chain, first)))
    .orderBy(jobs.createdAt, jobs.id)
    .limit(most);
  return found.map(({ jobId: id, header }) => ({ jobId: id, attempt: header.rerunOf?.attempt ?? 1, status: header.status }));
}
