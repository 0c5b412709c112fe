/** The files of a job: listed once, then as they come. */
import { onScopeDispose, readonly, shallowRef, type Ref } from 'vue';
import type { Artifact } from '../../../src/contract/artifact.ts';
import { listArtifacts } from '../api/jobs.ts';
import { usePageStream } from '../stream/page-stream.ts';

/** With the id of one that is there it replaces that. */
export const withArtifact = (known: readonly Artifact[], artifact: Artifact): Artifact[] =>
  [...known.filter(({ id }) => id !== artifact.id), artifact].sort((a, b) => (a.createdAt < b.createdAt ? -1 : a.createdAt > b.createdAt ? 1 : 0));

/** Oldest first. They are listed again whenever the stream has been opened again: what came meanwhile was not told. */
export function useArtifacts(jobId: string): Readonly<Ref<readonly Artifact[]>> {
  const artifacts = shallowRef<readonly Artifact[]>([]);
  const { connection } = usePageStream();
  async function list(): Promise<void> {
    const found = await listArtifacts(jobId).catch(() => undefined);
    if (found) artifacts.value = artifacts.value.reduce((all, one) => (all.some(({ id }) => id === one.id) ? all : withArtifact(all, one)), found);
  }
  onScopeDispose(
    connection.watch(
      { jobs: [jobId] },
      {
        artifact: (message) => {
          if (message.jobId === jobId) artifacts.value = withArtifact(artifacts.value, message.artifact);
        },
        ready: () => void list(),
      },
    ),
  );
  void list();
  return readonly(artifacts) as Readonly<Ref<readonly Artifact[]>>;
}
