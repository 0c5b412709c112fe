import { and, desc, eq, inArray, ne } from 'drizzle-orm';
import type { Queryable } from './database.ts';
import { jobEvents, jobs } from './schema.ts';

/** Inputs and captured values of the last completed job of a runbook, by name, as far as they may be shown. Empty when there is none. */
export async function lastGoodValues(db: Queryable, runbookId: string, exceptJobId: string): Promise<Record<string, string>> {
  const [last] = await db
    .select({ id: jobs.id, header: jobs.header })
    .from(jobs)
    .where(and(eq(jobs.runbookId, runbookId), eq(jobs.status, 'completed'), ne(jobs.id, exceptJobId)))
    .orderBy(desc(jobs.createdAt), desc(jobs.id))
    .limit(1);
  if (!last) return {};
  const told = await db
    .select({ event: jobEvents.event })
    .from(jobEvents)
    .where(and(eq(jobEvents.jobId, last.id), inArray(jobEvents.type, ['step.succeeded', 'approval.requested'])))
    .orderBy(jobEvents.seq);
  const values = told.flatMap(({ event }) => {
    if (event.type === 'step.succeeded') return event.captures;
    return event.type === 'approval.requested' ? event.approval.evidence.values : [];
  });
  const shown = [...last.header.inputs, ...values].flatMap(({ name, value }) => (value === null ? [] : [[name, value] as const]));
  return Object.fromEntries(shown);
}
