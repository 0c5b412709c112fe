import { eq } from 'drizzle-orm';
import type { Queryable } from './database.ts';
import { jobValues } from './schema.ts';

/** What a job's steps can use. Expressions are evaluated after a browser was acquired. */
export type JobValues = {
  values: { name: string; value: string; sensitive: boolean }[];
  expressions: { name: string; expression: string; sensitive: boolean; required: boolean }[];
};

/** The vault, as far as it is needed here. */
export type Sealing = { seal(plain: string): Buffer; open(sealed: Buffer): string };

export async function insertJobValues(
  db: Queryable,
  vault: Sealing,
  { jobId, values }: { jobId: string; values: JobValues },
): Promise<void> {
  await db.insert(jobValues).values({ jobId, sealed: vault.seal(JSON.stringify(values)) });
}

/**
 * The values of an open job; undefined once it has ended.
 * @throws when they were sealed with another key
 */
export async function loadJobValues(db: Queryable, vault: Sealing, jobId: string): Promise<JobValues | undefined> {
  const [found] = await db.select({ sealed: jobValues.sealed }).from(jobValues).where(eq(jobValues.jobId, jobId));
  return found && (JSON.parse(vault.open(found.sealed)) as JobValues);
}

/** Harmless when they are gone already. */
export async function forgetJobValues(db: Queryable, jobId: string): Promise<void> {
  await db.delete(jobValues).where(eq(jobValues.jobId, jobId));
}
