/** What a job has left so far: the list once, then what the stream says; after a break of the stream the list again. */
import { useIntervalFn } from '@vueuse/core';
import { onScopeDispose, readonly, shallowRef, type Ref } from 'vue';
import type { Artifact } from '../../../src/contract/artifact.ts';
import { listArtifacts } from '../api/jobs.ts';
import { usePageStream } from '../stream/page-stream.ts';
import { mergeArtifacts } from './merge-artifacts.ts';

const pollEvery = 10_000;

/** Oldest first; empty until they are known. While the stream is not live, they are asked for every ten seconds. */
export function useArtifacts(jobId: string): Readonly<Ref<readonly Artifact[]>> {
  const { connection, freshness } = usePageStream();
  const artifacts = shallowRef<readonly Artifact[]>([]);

  async function refresh(): Promise<void> {
    const listed = await listArtifacts(jobId).catch(() => undefined);
    if (listed) artifacts.value = mergeArtifacts(artifacts.value, listed);
  }
  onScopeDispose(
    connection.watch(
      { jobs: [jobId] },
      {
        artifact: (message) => {
          if (message.jobId === jobId) artifacts.value = mergeArtifacts(artifacts.value, [message.artifact]);
        },
        // it follows the snapshots whenever the stream was opened: what came meanwhile is not repeated
        ready: () => void refresh(),
      },
    ),
  );
  useIntervalFn(() => freshness.value !== 'live' && void refresh(), pollEvery);
  void refresh();
  return readonly(artifacts) as Readonly<Ref<readonly Artifact[]>>;
}
