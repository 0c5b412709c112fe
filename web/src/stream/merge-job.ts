/** How news come into the page of one job. Pure; what an event means is said by the reducer alone. */
import type { JobEvent } from '../../../src/contract/event.ts';
import type { JobState } from '../../../src/contract/job.ts';
import { reduce } from '../../../src/domain/reduce.ts';

export type Merged = { state: JobState | undefined; /** an event is missing: ask for the whole job */ gap: boolean };

/** A snapshot counts only when it is not older than what is known. */
export function mergeSnapshot(known: JobState | undefined, snapshot: JobState): JobState {
  return known && known.seq > snapshot.seq ? known : snapshot;
}

export function mergeEvent(known: JobState | undefined, event: JobEvent): Merged {
  if (known && event.seq <= known.seq) return { state: known, gap: false };
  if (event.seq !== (known?.seq ?? 0) + 1) return { state: known, gap: true };
  return { state: reduce(known, event), gap: false };
}
