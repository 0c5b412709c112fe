/** Files that steps leave: into the artifact store, and into the list of the job's artifacts. */
import type { Readable } from 'node:stream';
import type { Artifact } from '../contract/artifact.ts';
import type { StepFile } from '../contract/job.ts';
import type { StepTask } from '../contract/step-task.ts';
import { checkStream, type CheckedStream } from '../artifacts/content-type.ts';
import type { WorkerDependencies } from './dependencies.ts';
import { listArtifact, NotListed } from './list-artifact.ts';
import { race } from './race.ts';
import { StepFailure } from './step-failure.ts';
import { hintNotStored, whyNotStored } from './why-not-stored.ts';

/** `stream` gives bytes, not text. `type`: of what we have written ourselves; of everything else its bytes say it. */
export type NewFile = Pick<StepFile, 'kind' | 'name'> & { type?: string; stream: Readable; maxBytes?: number };
/**
 * Until `signal` is aborted; for as long a database that is away is waited for.
 * @throws StepFailure `action_failed` when it could not be stored, the signal's reason; then nothing is left of it
 */
export type KeepFile = (file: NewFile, signal: AbortSignal) => Promise<StepFile>;

/** Each file of an instance has an address of its own, so that an attempt that is repeated replaces the files of the one before. */
export function createKeepFile(
  { jobId, instance, step }: Pick<StepTask, 'jobId' | 'instance' | 'step'>,
  { store, index, mac, log }: Pick<WorkerDependencies, 'store' | 'index' | 'mac' | 'log'>,
): KeepFile {
  let kept = 0;
  return async ({ kind, name, type: own, stream: given, maxBytes }, signal) => {
    kept += 1;
    const key = mac(JSON.stringify(['file', jobId, instance, kept]));
    try {
      const checked: CheckedStream = own === undefined ? await race(checkStream(name, given), signal) : { type: own, stream: given };
      const { type, note, stream } = checked;
      const { id, bytes, sha256 } = await store.put({
        jobId,
        name,
        type,
        stream,
        key,
        signal,
        ...(maxBytes !== undefined && { maxBytes }),
      });
      const row: Artifact = {
        id,
        jobId,
        stepId: step.id,
        kind,
        name,
        type,
        bytes,
        sha256,
        createdAt: new Date().toISOString(),
        detail: note === undefined ? null : { note },
      };
      await listArtifact(row, signal, { store, index, log });
      return { artifactId: id, kind, name, bytes, ...(note !== undefined && { note }) };
    } catch (error) {
      given.destroy();
      // that the time is over says less than what it went by with
      const isTold = error instanceof NotListed && signal.reason instanceof StepFailure;
      if (signal.aborted && !isTold) throw signal.reason;
      if (error instanceof StepFailure) throw error;
      log.warn({ jobId, stepId: step.id, error: String(error) }, 'a file of a step could not be kept');
      throw notKept(name, error);
    }
  };
}

function notKept(name: string, error: unknown): StepFailure {
  const hint = hintNotStored(error);
  if (error instanceof NotListed) {
    const rest = error.removed ? ' Nothing of it was kept.' : '';
    return new StepFailure('action_failed', `The file ${name} came, but could not be kept: ${error.message}.${rest}`, { hint });
  }
  return new StepFailure('action_failed', `The file ${name} could not be stored: ${whyNotStored(error)}. Nothing of it was kept.`, {
    hint,
  });
}
