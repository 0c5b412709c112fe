import { and, asc, desc, eq, sql } from 'drizzle-orm';
import type { RunbookDetail, RunbookSummary, RunbookVersion } from '../contract/library.ts';
import type { Runbook, Step } from '../contract/runbook.ts';
import { inTransaction, type Db, type Queryable } from './database.ts';
import { runbooks, runbookVersions } from './schema.ts';

export type RunbookText = { source: string; parsed: Runbook };

const toSummary = ({ createdAt, updatedAt, ...row }: typeof runbooks.$inferSelect): RunbookSummary => ({
  ...row,
  createdAt: createdAt.toISOString(),
  updatedAt: updatedAt.toISOString(),
});

/** Those inside others included. */
function countSteps(steps: readonly Step[]): number {
  return steps.reduce((sum, { steps: inside = [], branches }) => {
    const bodies = [inside, ...(branches?.cases ?? []).map((one) => one.steps), branches?.default ?? []];
    return sum + 1 + bodies.reduce((all, body) => all + countSteps(body), 0);
  }, 0);
}

const shownOf = ({ parsed }: RunbookText) => ({
  title: parsed.title,
  steps: countSteps(parsed.steps),
  summary: parsed.naturalLanguageSummary ?? null,
});

/** Stores version 1; false when the id is taken. */
export async function insertRunbook(db: Db, id: string, runbook: RunbookText): Promise<boolean> {
  return inTransaction(db, async (tx) => {
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

/**
 * Stores the next version and gives its number; undefined when there is no such runbook. Text that the latest version has already makes no new one: that version's
 * number is given. Writers at once get one number each.
 */
export async function insertRunbookVersion(db: Db, id: string, runbook: RunbookText): Promise<number | undefined> {
  return inTransaction(db, async (tx) => {
    const [latest] = await tx.select({ version: runbooks.version }).from(runbooks).where(eq(runbooks.id, id)).for('update');
    if (!latest) return undefined;
    if (await hasText(tx, { id, version: latest.version }, runbook.source)) return latest.version;
    const version = latest.version + 1;
    await tx
      .update(runbooks)
      .set({ version, updatedAt: sql`now()`, ...shownOf(runbook) })
      .where(eq(runbooks.id, id));
    await tx.insert(runbookVersions).values({ runbookId: id, version, ...runbook });
    return version;
  });
}

async function hasText(db: Queryable, { id, version }: { id: string; version: number }, source: string): Promise<boolean> {
  const same = and(eq(runbookVersions.runbookId, id), eq(runbookVersions.version, version), eq(runbookVersions.source, source));
  return (await db.select({ version: runbookVersions.version }).from(runbookVersions).where(same)).length > 0;
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

/** Counted where they are stored: texts may be long, and there may be many. A step is what has an ordinal and an action. */
const storedSteps = sql<number>`(
  select count(*)::int from jsonb_path_query(${runbookVersions.parsed}, 'strict $.steps.** ? (@.type() == "object" && exists(@.ordinal) && exists(@.action))')
)`;

/** Newest first. */
export async function listRunbookVersions(db: Queryable, id: string): Promise<RunbookVersion[]> {
  const { version, createdAt, runbookId, parsed } = runbookVersions;
  const title = sql<string>`${parsed} ->> 'title'`;
  const found = await db
    .select({ version, createdAt, title, steps: storedSteps })
    .from(runbookVersions)
    .where(eq(runbookId, id))
    .orderBy(desc(version));
  return found.map((row) => ({ ...row, createdAt: row.createdAt.toISOString() }));
}
