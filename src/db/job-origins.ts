import { eq } from 'drizzle-orm';
import type { Queryable } from './database.ts';
import { jobs } from './schema.ts';

/** What another attempt of a job needs besides its state. `chain`: id of the first attempt, null when there was none before. `sealedSource`: YAML that is in no library. */
type JobOrigin = { chain: string | null; sealedSource: Buffer | null };

export async function findJobOrigin(db: Queryable, id: string): Promise<JobOrigin | undefined> {
  const [found] = await db.select({ chain: jobs.chain, sealedSource: jobs.sealedSource }).from(jobs).where(eq(jobs.id, id));
  return found;
}
