/** A real Temporal server, the real workflow, stub activities: one bench for each test. */
import { Client, Connection, type WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { inject } from 'vitest';
import type { JobHeader } from '../../src/contract/job.ts';
import type { JobEvent } from '../../src/contract/event.ts';
import type { JobInput, PlannedStep } from '../../src/contract/step-task.ts';
import { browsersQueue, controlQueue, hostQueue, jobsQueue, returnsQueue } from '../../src/domain/names.ts';
import { eventsSinceQuery, headerQuery } from '../../src/workflows/messages.ts';
import type { runJob } from '../../src/workflows/index.ts';
import { recordHistory } from '../../temporal/record-history.ts';
import { inThisThread, quietTemporal } from '../support/quiet-temporal.ts';
import { queuePrefix, temporalAddress } from '../support/temporal.ts';
import { StubHost, type Script } from './stub-host.ts';

export const plannedStep = (id: string, changes: Partial<PlannedStep> = {}): PlannedStep => ({
  id,
  ordinal: 1,
  description: `do ${id}`,
  action: { type: 'wait', duration: 1 },
  captures: [],
  effect: 'read',
  timeout: 1_000,
  retries: 3,
  continueOnError: false,
  ...changes,
});

/** A step that asks a person first. */
export const askingStep = (id: string, changes: Partial<PlannedStep> = {}): PlannedStep =>
  plannedStep(id, { effect: 'once', riskLevel: 'high', approval: { onTimeout: 'reject', changingParameters: [] }, ...changes });

export type JobHandle = WorkflowHandleWithFirstExecutionRunId<typeof runJob>;
type Queried = Pick<JobHandle, 'query'>;
export type Bench = {
  host: StubHost;
  client: Client;
  start(steps: PlannedStep[], settings?: Partial<JobInput['settings']>, more?: Partial<JobInput>): Promise<JobHandle>;
  header(job: Queried): Promise<JobHeader>;
  events(job: Queried, since?: number): Promise<JobEvent[]>;
  /** With RECORD_HISTORIES set, writes the job's history for the replay tests; else does nothing. */
  record(job: { workflowId: string; runId?: string }, name: string): Promise<void>;
  close(): Promise<void>;
};

export async function openBench(script: Script = {}): Promise<Bench> {
  quietTemporal();
  const prefix = queuePrefix();
  const queue = hostQueue('stub', prefix);
  const host = new StubHost(queue, script);
  const connection = await NativeConnection.connect({ address: temporalAddress() });
  const options = { connection, shutdownForceTime: '10s' } as const;
  const workers = await Promise.all([
    Worker.create({
      ...options,
      taskQueue: jobsQueue(prefix),
      workflowBundle: { codePath: inject('workflowBundle') },
      debugMode: inThisThread,
      activities: host.projection,
    }),
    Worker.create({ ...options, taskQueue: browsersQueue(prefix), activities: host.acquire }),
    Worker.create({ ...options, taskQueue: returnsQueue(prefix), activities: host.acquire }),
    Worker.create({ ...options, taskQueue: queue, activities: host.steps }),
    Worker.create({ ...options, taskQueue: controlQueue(queue), activities: host.control }),
  ]);
  const running = workers.map((worker) => worker.run());
  const client = new Client({ connection: await Connection.connect({ address: temporalAddress() }) });
  let jobs = 0;
  return {
    host,
    client,
    start: (steps, settings, more) => {
      const jobId = `${prefix}job-${(jobs += 1)}`;
      return client.workflow.start<typeof runJob>('runJob', {
        taskQueue: jobsQueue(prefix),
        workflowId: jobId,
        args: [{ ...jobInput(jobId, steps, settings), ...more }],
      });
    },
    header: (job) => job.query(headerQuery),
    events: async (job, since = 0) => (await job.query(eventsSinceQuery, since)).events,
    record: async (job, name) => {
      if (process.env['RECORD_HISTORIES']) await recordHistory(client, job, name);
    },
    close: async () => {
      for (const worker of workers) worker.shutdown();
      await Promise.all(running);
      await client.connection.close();
      await connection.close();
    },
  };
}

function jobInput(jobId: string, steps: PlannedStep[], settings: Partial<JobInput['settings']> = {}): JobInput {
  return {
    jobId,
    title: 'A job',
    runbook: null,
    requestedBy: 'a test',
    createdAt: new Date().toISOString(),
    inputs: [],
    settings: { defaultTimeout: 1_000, pauseBetweenSteps: 0, stopOnError: true, ...settings },
    steps: steps.map((step, index) => ({ ...step, ordinal: index + 1 })),
    consoleUrl: null,
  };
}
