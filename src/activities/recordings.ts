/** What the host has recorded of a job, into the artifact store. */
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import type { Artifact } from '../contract/artifact.ts';
import type { RecordedFile } from '../host/protocol.ts';
import type { WorkerDependencies } from './dependencies.ts';
import { whyNotStored } from './why-not-stored.ts';

type Means = Pick<WorkerDependencies, 'host' | 'epoch' | 'store' | 'index' | 'mac' | 'log'>;

const types = { video: 'video/webm', trace: 'application/zip' } as const;
const endings = { video: 'webm', trace: 'zip' } as const;

/** `missing`: in words. `drop` removes it from the host, with what the host knows of it: it belongs behind everything that may have to be done again. */
export type StoredRecordings = { missing: string[]; drop: () => Promise<void> };

/**
 * Stores what browsers of the job that have ended have left. A worker that dies
 * - before a file is stored: it is stored by the next;
 * - after that, before the host has removed it: it is stored again under the same id, and replaces itself;
 * - after the host has removed it: there is nothing left to do.
 * @throws HostError; what the list of artifacts throws: it is done again
 */
export async function storeRecordings(jobId: string, means: Means): Promise<StoredRecordings> {
  const { host, epoch } = means;
  const { files, missing } = await host.call('recordings', { jobId, epoch });
  if (files.length === 0 && missing.length === 0) return { missing, drop: () => Promise.resolve() };
  const earlier = await means.index.list(jobId);
  const problems = [...missing];
  for (const file of files) {
    const problem = await storeOne(jobId, file, { ...means, earlier });
    if (problem !== undefined) problems.push(problem);
  }
  const drop = async (): Promise<void> => void (await host.call('dropRecordings', { jobId, epoch, files: files.map(({ file }) => file) }));
  return { missing: problems, drop };
}

async function storeOne(jobId: string, recorded: RecordedFile, means: Means & { earlier: Artifact[] }): Promise<string | undefined> {
  const { store, index, mac, log, earlier } = means;
  const { kind, file, startedAt, video } = recorded;
  const [name, type] = [nameOf(recorded, earlier), types[kind]];
  const key = mac(JSON.stringify(['recording', jobId, basename(file)]));
  const stored = await store.put({ jobId, name, type, stream: createReadStream(file), key }).catch((error: unknown) => {
    log.warn({ jobId, error: String(error) }, 'a recording could not be stored');
    return `The ${kind} could not be stored: ${whyNotStored(error)}`;
  });
  if (typeof stored === 'string') return stored;
  const row: Artifact = {
    ...{ id: stored.id, jobId, stepId: null, kind, name, type, bytes: stored.bytes, sha256: stored.sha256 },
    createdAt: startedAt,
    detail: video ? { video } : {},
  };
  // a list that is away comes back: until then the host keeps the file
  await index.record(row);
  earlier.push(row);
  return undefined;
}

/** `video.webm`, `video-2.webm`: one for each browser that the job has had. */
function nameOf({ kind, startedAt }: RecordedFile, earlier: readonly Artifact[]): string {
  const before = earlier.filter((artifact) => artifact.kind === kind && artifact.createdAt !== startedAt).length;
  return `${kind}${before === 0 ? '' : `-${before + 1}`}.${endings[kind]}`;
}
