import { and, asc, desc, eq, sql } from 'drizzle-orm';
import type { RunbookDetail, RunbookSummary, RunbookVersion } from '../contract/library.ts';
import type { Runbook } from '../contract/runbook.ts';
import type { Db, Queryable } from './database.ts';
import { runbooks, runbookVersions } from './schema.ts';

export type RunbookText = { source: string; parsed: Runbook };

const toSummary = ({ createdAt, updatedAt, ...row }: typeof runbooks.$inferSelect): RunbookSummary => ({
  ...row,
  createdAt: createdAt.toISOString(),
  updatedAt: updatedAt.toISOString(),
});
const shownOf = ({ parsed }: RunbookText) => ({
  title: parsed.title,
  steps: parsed.steps.length,
  summary: parsed.naturalLanguageSummary ?? null,
});

/** Stores version 1; false when the id is taken. */
export async function insertRunbook(db: Db, id: string, runbook: RunbookText): Promise<boolean> {
  return db.transaction(async (tx) => {
    const inserted = await tx
      .insert(runbooks)
      .values({ id, version: 1, ...shownOf(runbook) })
      .onConflictDoNothing()
      .returning({ id: runbooks.id });
    if (inserted.length === 0) return false;
    await tx.insert(runbookVersions).values({ runbookId: id, version: 1, ...runbook });
    return true;
  });
}

/** Stores the next version and gives its number; undefined when there is no such runbook. Writers at once get one number each. */
export async function insertRunbookVersion(db: Db, id: string, runbook: RunbookText): Promise<number | undefined> {
  return db.transaction(async (tx) => {
    const changed = { version: sql`${runbooks.version} + 1`, updatedAt: sql`now()`, ...shownOf(runbook) };
    const [updated] = await tx.update(runbooks).set(changed).where(eq(runbooks.id, id)).returning({ version: runbooks.version });
    if (!updated) return undefined;
    await tx.insert(runbookVersions).values({ runbookId: id, version: updated.version, ...runbook });
    return updated.version;
  });
}

export async function listRunbooks(db: Queryable): Promise<RunbookSummary[]> {
  return (await db.select().from(runbooks).orderBy(asc(runbooks.title), asc(runbooks.id))).map(toSummary);
}

/** What fits into Postgres' integer. */
const largestInteger = 2_147_483_647;

/** The version, or the latest. */
export async function findRunbook(db: Queryable, id: string, version?: number): Promise<RunbookDetail | undefined> {
  if (version !== undefined && version > largestInteger) return undefined;
  const wanted = and(eq(runbookVersions.runbookId, runbooks.id), eq(runbookVersions.version, version ?? runbooks.version));
  const [found] = await db.select().from(runbooks).innerJoin(runbookVersions, wanted).where(eq(runbooks.id, id));
  if (!found) return undefined;
  const { source, parsed } = found.runbook_versions;
  const shown = { ...shownOf({ source, parsed }), version: found.runbook_versions.version };
  return { ...toSummary(found.runbooks), ...shown, source, runbook: parsed, variables: parsed.variables };
}

/** Newest first. */
export async function listRunbookVersions(db: Queryable, id: string): Promise<RunbookVersion[]> {
  const { version, createdAt, runbookId } = runbookVersions;
  const found = await db.select({ version, createdAt }).from(runbookVersions).where(eq(runbookId, id)).orderBy(desc(version));
  return found.map((row) => ({ version: row.version, createdAt: row.createdAt.toISOString() }));
}
