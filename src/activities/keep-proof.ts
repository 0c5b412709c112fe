/** Proof of what a job did, in one piece: into the artifact store, and into the list of the job's artifacts. No step waits for long for it, and none fails of it. */
import type { Artifact } from '../contract/artifact.ts';
import type { WorkerDependencies } from './dependencies.ts';
import { listArtifact } from './list-artifact.ts';
import type { Proof } from './lost-proof.ts';

export type ProofMeans = Pick<WorkerDependencies, 'store' | 'index' | 'log' | 'lost'>;
/** `key`: what has the same one replaces the one before. */
export type NewProof = Omit<Artifact, 'id' | 'bytes' | 'sha256'> & { key?: string; bytes: Buffer };

/** How long a list that is away is waited for: a job goes on without its proof, and hears of it before its end. */
const listMs = 1_500;

/** The artifact's id; undefined when it could not be stored, which is told with what is missing. Never rejects. */
export async function keepProof(what: Proof, { key, bytes, ...about }: NewProof, means: ProofMeans): Promise<string | undefined> {
  const { store, index, log, lost } = means;
  const { jobId, name, type } = about;
  try {
    const stored = await store.put({ jobId, name, type, bytes, ...(key !== undefined && { key }) });
    const row: Artifact = { ...about, id: stored.id, bytes: stored.bytes, sha256: stored.sha256 };
    await listArtifact(row, AbortSignal.timeout(listMs), { store, index, log });
    return stored.id;
  } catch (error) {
    log.warn({ jobId, what, error: String(error) }, 'a proof could not be stored');
    lost.add(jobId, what, error);
    return undefined;
  }
}
