/** Proxies of the activities, with the timeouts that the engine's promises need. */
import { ActivityCancellationType, proxyActivities, proxyLocalActivities, workflowInfo } from '@temporalio/workflow';
import type { AcquireActivities, ControlActivities, ProjectionActivities, StepActivities } from '../contract/step-task.ts';
import { browsersQueue, controlQueue, prefixOfJobsQueue, returnsQueue } from '../domain/names.ts';

const acquireFrom = (taskQueue: string) =>
  proxyActivities<AcquireActivities>({
    taskQueue,
    startToCloseTimeout: '24h',
    heartbeatTimeout: '5s',
    retry: { initialInterval: '50ms', maximumInterval: '5s' },
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  });

/** Waiting for a slot is part of it, so it may take as long as the jobs before it. */
export const acquire = () => acquireFrom(browsersQueue(prefixOfJobsQueue(workflowInfo().taskQueue)));
/** The same for a job that comes back from a wait. */
export const comeBack = () => acquireFrom(returnsQueue(prefixOfJobsQueue(workflowInfo().taskQueue)));

/**
 * A step is held at the host's gate inside its activity and enforces its own limit from there, so the timeouts here only find dead workers. Deaths raise
 * Temporal's attempt count: attempts stay unlimited, and a step's error is a result.
 */
export const steps = (queue: string) =>
  proxyActivities<StepActivities>({
    taskQueue: queue,
    startToCloseTimeout: '3h',
    heartbeatTimeout: '5s',
    retry: { initialInterval: '10ms', backoffCoefficient: 2, maximumInterval: '2s' },
    cancellationType: ActivityCancellationType.TRY_CANCEL,
  });

export const control = (queue: string) =>
  proxyActivities<ControlActivities>({
    taskQueue: controlQueue(queue),
    startToCloseTimeout: '10s',
    retry: { initialInterval: '50ms', maximumInterval: '2s' },
  });

/** A checkpoint may have to read much; one that was given up must be over before the browser is used again. */
export const keeping = (queue: string) =>
  proxyActivities<Pick<ControlActivities, 'checkpointBrowser' | 'parkBrowser'>>({
    taskQueue: controlQueue(queue),
    startToCloseTimeout: '30s',
    scheduleToCloseTimeout: '10m',
    heartbeatTimeout: '5s',
    retry: { initialInterval: '200ms', maximumInterval: '10s' },
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  });

/** Bounded: while a local activity runs, signals are not seen (a database that is away must not make a job deaf). */
export const projection = proxyLocalActivities<ProjectionActivities>({ scheduleToCloseTimeout: '2s', retry: { maximumAttempts: 2 } });

/** The same, as a regular activity on the workflow's own queue: takes over while the database is away. */
export const patientProjection = proxyActivities<ProjectionActivities>({
  startToCloseTimeout: '10s',
  retry: { initialInterval: '500ms', maximumInterval: '10s' },
});
