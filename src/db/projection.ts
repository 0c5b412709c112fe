import type { ProjectTask } from '../contract/step-task.ts';
import { isOver } from '../domain/decide.ts';
import { inTransaction, type Db, type Queryable } from './database.ts';
import { forgetCheckpoint } from './job-checkpoints.ts';
import { insertEvents } from './job-events.ts';
import { lastSeqOfEnded, notifyJobChanged, overwriteJob, upsertJob } from './jobs.ts';
import { forgetJobValues } from './job-values.ts';

/**
 * Stores events and row in one transaction, and rings the doorbell. Harmless when repeated or late: what is older than the row changes nothing, and a job that
 * has ended stays ended, also when it was the reconciler who ended it and its workflow had said more by then.
 */
export async function project(db: Db, task: ProjectTask): Promise<void> {
  await inTransaction(db, async (tx) => {
    const newer = await upsertJob(tx, task);
    const end = newer ? undefined : await lastSeqOfEnded(tx, task.jobId);
    const added = await insertEvents(tx, task.jobId, end === undefined ? task.events : task.events.filter(({ seq }) => seq <= end));
    await forgetWhenOver(tx, task);
    if (newer || added > 0) await notifyJobChanged(tx, task.header);
  });
}

/**
 * Ends a job whose workflow cannot end it any more. `task.events` are all of its events; the row may have told of later ones that are lost.
 * @param rowSeq seq of the row when it was looked at
 * @returns whether it did: not when the row has changed since
 */
export async function projectEnd(db: Db, task: ProjectTask, rowSeq: number): Promise<boolean> {
  return inTransaction(db, async (tx) => {
    if (!(await overwriteJob(tx, task, rowSeq))) return false;
    await insertEvents(tx, task.jobId, task.events);
    await forgetWhenOver(tx, task);
    await notifyJobChanged(tx, task.header);
    return true;
  });
}

async function forgetWhenOver(tx: Queryable, { jobId, header }: ProjectTask): Promise<void> {
  if (!isOver(header.status)) return;
  await forgetJobValues(tx, jobId);
  await forgetCheckpoint(tx, jobId);
}
