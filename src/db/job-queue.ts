import { inArray, sql } from 'drizzle-orm';
import type { Queryable } from './database.ts';
import { jobs } from './schema.ts';

export type Place = { jobId: string; queuePlace: number };

const place = sql<number>`(row_number() over (order by not ${jobs.returning}, coalesce(${jobs.queuedAt}, ${jobs.createdAt}), ${jobs.id}))::int`;
const inQueue = sql`${jobs.status} = 'queued'`;

/** Places of the jobs that wait for a browser, the next one first. */
export async function findQueue(db: Queryable, limit: number): Promise<Place[]> {
  return db.select({ jobId: jobs.id, queuePlace: place }).from(jobs).where(inQueue).orderBy(place).limit(limit);
}

/** As `findQueue`, of some jobs; those that do not wait are left out. */
export async function findPlaces(db: Queryable, jobIds: string[]): Promise<Place[]> {
  if (jobIds.length === 0) return [];
  const queue = db
    .select({ jobId: jobs.id, queuePlace: place.as('queue_place') })
    .from(jobs)
    .where(inQueue)
    .as('queue');
  return db.select().from(queue).where(inArray(queue.jobId, jobIds));
}
