import { and, eq, sql } from 'drizzle-orm';
import { inTransaction, type Db, type Queryable } from './database.ts';
import type { Sealing } from './job-values.ts';
import { jobCheckpoints, jobs } from './schema.ts';

/**
 * The latest checkpoint of a job; replaces the one before. `plain` is kept sealed. A job that has ended gets none, however late this comes: nothing would delete
 * it any more. The lock makes the end of the job wait until this is stored, and then delete it.
 */
export async function storeCheckpoint(
  db: Db,
  vault: Sealing,
  { jobId, token, plain }: { jobId: string; token: number; plain: string },
): Promise<void> {
  const row = { token, sealed: vault.seal(plain), createdAt: sql`clock_timestamp()` };
  await inTransaction(db, async (tx) => {
    const isOpen = and(eq(jobs.id, jobId), eq(jobs.finished, false));
    const [open] = await tx.select({ id: jobs.id }).from(jobs).where(isOpen).for('share');
    if (!open) return;
    await tx
      .insert(jobCheckpoints)
      .values({ jobId, ...row })
      .onConflictDoUpdate({ target: jobCheckpoints.jobId, set: row });
  });
}

/**
 * undefined when the job has none (it never waited, or has ended)
 * @throws when it was sealed with another key
 */
export async function loadCheckpoint(db: Queryable, vault: Sealing, jobId: string): Promise<{ token: number; plain: string } | undefined> {
  const [found] = await db.select().from(jobCheckpoints).where(eq(jobCheckpoints.jobId, jobId));
  return found && { token: found.token, plain: vault.open(found.sealed) };
}

/** Harmless when there is none. */
export async function forgetCheckpoint(db: Queryable, jobId: string): Promise<void> {
  await db.delete(jobCheckpoints).where(eq(jobCheckpoints.jobId, jobId));
}
