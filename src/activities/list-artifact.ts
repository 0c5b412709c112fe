/** Bytes that are stored get their row in the list of artifacts, or go again: without it nobody would ever find them, or remove them. */
import type { Artifact } from '../contract/artifact.ts';
import { isDatabaseAway } from '../db/database.ts';
import type { WorkerDependencies } from './dependencies.ts';
import { pause, race, within } from './race.ts';

type Means = Pick<WorkerDependencies, 'store' | 'index' | 'log'>;

const retryMs = 300;
/** How long what is under way at the end may still take: shorter than the second that a step is given beyond its limit. */
const endMs = 700;

/** The message says why, in words that people read. */
export class NotListed extends Error {
  /** nothing is left of the bytes; else that is not known */
  readonly removed: boolean;

  constructor(message: string, { removed, cause }: { removed: boolean; cause: unknown }) {
    super(message, { cause });
    this.name = 'NotListed';
    this.removed = removed;
  }
}

/**
 * While Postgres is away it is tried again until `signal`: what a step has brought must not be lost because of some seconds. Harmless when repeated.
 * @throws NotListed when it was in vain; the bytes are removed then
 */
export async function listArtifact(row: Artifact, signal: AbortSignal, means: Means): Promise<void> {
  const { index, store, log } = means;
  for (;;) {
    const asked = index.record(row);
    try {
      return await race(asked, signal);
    } catch (cause) {
      const isAway = signal.aborted || isDatabaseAway(cause);
      if (
        isAway &&
        (await pause(retryMs, signal).then(
          () => true,
          () => false,
        ))
      )
        continue;
      // the row may still get there, and must not stand there without its bytes
      const end = await within(
        endMs,
        asked.then(
          () => 'listed' as const,
          () => store.removeOne(row.id).then(() => 'removed' as const),
        ),
      );
      if (end === 'listed') return;
      log.warn({ err: cause, jobId: row.jobId, id: row.id, removed: end === 'removed' }, 'an artifact could not be listed');
      const message = isAway ? 'the list of files could not be reached' : 'the list of files did not take it';
      throw new NotListed(message, { removed: end === 'removed', cause });
    }
  }
}
