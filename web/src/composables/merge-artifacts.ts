/** How files of a job come into the list of them. Pure. */
import type { Artifact } from '../../../src/contract/artifact.ts';

const oldestFirst = (a: Artifact, b: Artifact): number =>
  a.createdAt === b.createdAt ? (a.id < b.id ? -1 : 1) : a.createdAt < b.createdAt ? -1 : 1;

/** Oldest first. A file that is known already is replaced, unless what came is older than what is known: an answer may be overtaken by a message. */
export function mergeArtifacts(known: readonly Artifact[], came: readonly Artifact[]): Artifact[] {
  const byId = new Map(known.map((artifact) => [artifact.id, artifact]));
  for (const artifact of came) {
    const before = byId.get(artifact.id);
    if (!before || before.createdAt <= artifact.createdAt) byId.set(artifact.id, artifact);
  }
  return [...byId.values()].sort(oldestFirst);
}
