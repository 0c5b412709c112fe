import { eq, lt, sql } from 'drizzle-orm';
import type { Queryable } from './database.ts';
import { idempotencyKeys } from './schema.ts';

export type KeyUse = { key: string; bodyHash: string; jobId: string };

/**
 * Claims a key, or gives its first use. A second request with the same key waits here until the first one's transaction has ended,
 * so call it inside the transaction that inserts the job, after the job.
 */
export async function claimKey(db: Queryable, use: KeyUse): Promise<{ claimed: true } | { claimed: false; first: KeyUse }> {
  const inserted = await db.insert(idempotencyKeys).values(use).onConflictDoNothing().returning({ key: idempotencyKeys.key });
  if (inserted.length > 0) return { claimed: true };
  const first = await findKey(db, use.key);
  if (!first) throw new Error('an idempotency key vanished while it was claimed');
  return { claimed: false, first };
}

export async function findKey(db: Queryable, key: string): Promise<KeyUse | undefined> {
  const { bodyHash, jobId } = idempotencyKeys;
  const [found] = await db.select({ key: idempotencyKeys.key, bodyHash, jobId }).from(idempotencyKeys).where(eq(idempotencyKeys.key, key));
  return found;
}

export async function deleteKeysOlderThan(db: Queryable, days: number): Promise<void> {
  await db.delete(idempotencyKeys).where(lt(idempotencyKeys.createdAt, sql`now() - make_interval(days => ${days})`));
}
