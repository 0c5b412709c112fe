import { and, asc, eq, sql } from 'drizzle-orm';
import type { Artifact } from '../contract/artifact.ts';
import type { Queryable } from './database.ts';
import { artifacts } from './schema.ts';

type Row = typeof artifacts.$inferSelect;
const toArtifact = ({ createdAt, ...row }: Row): Artifact => ({ ...row, createdAt: createdAt.toISOString() });

/** Repeated with the same id, the later one counts: its step was carried out again. Whoever watches the job is told. */
export async function recordArtifact(db: Queryable, artifact: Artifact): Promise<void> {
  const { name, type, bytes, sha256, detail } = artifact;
  const createdAt = new Date(artifact.createdAt);
  await db
    .insert(artifacts)
    .values({ ...artifact, createdAt })
    .onConflictDoUpdate({ target: artifacts.id, set: { name, type, bytes, sha256, detail, createdAt } });
  // who was not told reads the list again when notices come again; the row is there in any case
  await db.execute(sql`select pg_notify('job_changed', ${`artifact ${artifact.jobId} ${artifact.id}`})`).catch(() => undefined);
}

/** Oldest first. */
export async function listArtifacts(db: Queryable, jobId: string): Promise<Artifact[]> {
  const found = await db.select().from(artifacts).where(eq(artifacts.jobId, jobId)).orderBy(asc(artifacts.createdAt), asc(artifacts.id));
  return found.map(toArtifact);
}

export async function findArtifact(db: Queryable, jobId: string, id: string): Promise<Artifact | undefined> {
  const [found] = await db
    .select()
    .from(artifacts)
    .where(and(eq(artifacts.jobId, jobId), eq(artifacts.id, id)));
  return found && toArtifact(found);
}
