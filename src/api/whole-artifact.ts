/** The bytes of an artifact, when they are all of it. */
import type { Readable } from 'node:stream';
import type { Artifact } from '../contract/artifact.ts';
import type { ArtifactReader } from './dependencies.ts';

/** `damaged`: the store has `bytes` of it, which is not what the list says. */
export type WholeArtifact = { state: 'whole'; stream: Readable } | { state: 'gone' } | { state: 'damaged'; bytes: number };

/** The stream has to be read or destroyed. @throws what the store throws */
export async function openWhole(store: ArtifactReader, artifact: Artifact): Promise<WholeArtifact> {
  const found = await store.open(artifact);
  if (!found) return { state: 'gone' };
  const { stream, bytes } = found;
  if (bytes === artifact.bytes) return { state: 'whole', stream };
  stream.destroy();
  return { state: 'damaged', bytes };
}
