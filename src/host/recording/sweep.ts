/** What a folder of recordings loses when the host starts. */
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

const keptMs = 7 * 24 * 3_600_000;

/** Traces that were not masked go at once; all of a job goes when nobody knows the job and nothing has changed for a week. */
export function sweepRecordings(folder: string, isKnown: (jobId: string) => boolean, now = Date.now()): void {
  for (const jobId of readdirSync(folder)) {
    const jobFolder = join(folder, jobId);
    if (!isKnown(jobId) && now - newest(jobFolder) > keptMs) rmSync(jobFolder, { recursive: true, force: true });
    else for (const name of filesIn(jobFolder)) if (name.endsWith('.raw')) rmSync(join(jobFolder, name), { force: true });
  }
}

function newest(folder: string): number {
  const times = [folder, ...filesIn(folder).map((name) => join(folder, name))].map(
    (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0,
  );
  return Math.max(...times);
}

function filesIn(folder: string): string[] {
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(folder) : [];
}
