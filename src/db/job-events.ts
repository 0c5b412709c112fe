import { and, asc, eq, gt } from 'drizzle-orm';
import type { JobEvent } from '../contract/event.ts';
import type { Queryable } from './database.ts';
import { jobEvents } from './schema.ts';

/** Stores events; one that is there already is left as it is. Says how many were new. */
export async function insertEvents(db: Queryable, jobId: string, events: JobEvent[]): Promise<number> {
  if (events.length === 0) return 0;
  const rows = events.map((event) => ({ jobId, seq: event.seq, at: new Date(event.at), type: event.type, event }));
  return (await db.insert(jobEvents).values(rows).onConflictDoNothing().returning({ seq: jobEvents.seq })).length;
}

/** The events after `seq` in order, up to the first gap. */
export async function findEventsAfter(db: Queryable, jobId: string, seq: number): Promise<JobEvent[]> {
  const found = await db
    .select({ event: jobEvents.event })
    .from(jobEvents)
    .where(and(eq(jobEvents.jobId, jobId), gt(jobEvents.seq, seq)))
    .orderBy(asc(jobEvents.seq));
  const events = found.map((row) => row.event);
  const gap = events.findIndex((event, index) => event.seq !== seq + 1 + index);
  return gap === -1 ? events : events.slice(0, gap);
}
