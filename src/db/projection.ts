import type { ProjectTask } from '../contract/step-task.ts';
import { isOver } from '../domain/decide.ts';
import type { Db } from './database.ts';
import { forgetCheckpoint } from './job-checkpoints.ts';
import { insertEvents } from './job-events.ts';
import { notifyJobChanged, upsertJob } from './jobs.ts';
import { forgetJobValues } from './job-values.ts';

/** Stores events and row in one transaction, and rings the doorbell. Harmless when repeated or late: what is older than the row changes nothing. */
export async function project(db: Db, task: ProjectTask): Promise<void> {
  await db.transaction(async (tx) => {
    const newer = await upsertJob(tx, task);
    const added = await insertEvents(tx, task.jobId, task.events);
    if (isOver(task.header.status)) {
      await forgetJobValues(tx, task.jobId);
      await forgetCheckpoint(tx, task.jobId);
    }
    if (newer || added > 0) await notifyJobChanged(tx, task.header);
  });
}
