/** What a new worker does before it polls: the activities of its predecessor would otherwise wait for their heartbeat timeouts. */
import { ApplicationFailure } from '@temporalio/common';
import type { Client } from '@temporalio/client';
import type { Log } from '../log.ts';

export type SweepOptions = {
  client: Client;
  jobs: readonly string[];
  /** of the host: identities of its workers are `<host>:<epoch>` */
  hostName: string;
  identity: string;
  log: Log;
};

/**
 * Fails, by id, every pending activity that a dead worker of this host had started; its retry asks the ledger, which has the result when there is one.
 * Strictly before polling: by id also ends a healthy attempt. @returns how many
 */
export async function sweep({ client, jobs, hostName, identity, log }: SweepOptions): Promise<number> {
  const counts = await Promise.all(jobs.map((jobId) => sweepJob(jobId, { client, hostName, identity, log })));
  return counts.reduce((sum, n) => sum + n, 0);
}

type Identified = Omit<SweepOptions, 'jobs'>;
/** temporal.api.enums.v1.PendingActivityState */
const startedState = 2;

async function sweepJob(jobId: string, options: Identified): Promise<number> {
  const { client, log } = options;
  try {
    const { raw } = await client.withDeadline(Date.now() + 3_000, () => client.workflow.getHandle(jobId).describe());
    const dead = (raw.pendingActivities ?? []).filter(
      (one) => Number(one.state) === startedState && isDead(one.lastWorkerIdentity ?? '', options),
    );
    const ids = dead.flatMap(({ activityId }) => (activityId ? [activityId] : []));
    await Promise.all(ids.map((activityId) => fail(jobId, activityId, options)));
    return ids.length;
  } catch (error) {
    // its heartbeat timeout does the same, only later
    log.info({ jobId, error: String(error) }, 'a job could not be looked at');
    return 0;
  }
}

const isDead = (who: string, { hostName, identity }: Identified): boolean => who !== identity && who.startsWith(`${hostName}:`);

async function fail(jobId: string, activityId: string, { client, log }: Identified): Promise<void> {
  const failure = ApplicationFailure.create({ message: 'The worker that carried this out is gone.', type: 'WorkerLost' });
  await client.activity
    .fail({ workflowId: jobId, activityId }, failure)
    .catch((error: unknown) => log.info({ jobId, activityId, error: String(error) }, 'not pending any more'));
}

/** Jobs of this host whose workflow has ended or does not exist: nobody will use their browsers. */
export async function endedJobs(client: Client, jobs: readonly string[]): Promise<string[]> {
  const ended = await Promise.all(jobs.map((jobId) => hasEnded(client, jobId)));
  return jobs.filter((_, nth) => ended[nth]);
}

/** False when nobody can say: Temporal may be away. */
async function hasEnded(client: Client, jobId: string): Promise<boolean> {
  try {
    const { status } = await client.withDeadline(Date.now() + 5_000, () => client.workflow.getHandle(jobId).describe());
    return status.name !== 'RUNNING' && status.name !== 'CONTINUED_AS_NEW' && status.name !== 'PAUSED';
  } catch (error) {
    return error instanceof Error && error.name === 'WorkflowNotFoundError';
  }
}
