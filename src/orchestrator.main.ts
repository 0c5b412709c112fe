/** The orchestrator: the only process with workflow code. It also stores what the workflows tell (the projection). */
import { existsSync } from 'node:fs';
import { NativeConnection, Runtime, Worker, type WorkflowBundleOption } from '@temporalio/worker';
import { loadConfig, type Config } from './config.ts';
import { openDatabase } from './db/database.ts';
import { project } from './db/projection.ts';
import { jobsQueue } from './domain/names.ts';
import { createLog, type Log } from './log.ts';
import { temporalConnectionOptions } from './temporal-connection.ts';
import { temporalRuntime } from './temporal-logger.ts';
import type { ProjectTask } from './contract/step-task.ts';

const graceMs = 2_000;

function workflowBundle(config: Config): WorkflowBundleOption {
  if (existsSync(config.temporal.bundle)) return { codePath: config.temporal.bundle };
  throw new Error(`there is no workflow bundle at ${config.temporal.bundle}: build it (npm run build) or set UNDERSTUDY_WORKFLOW_BUNDLE`);
}

async function run(config: Config, log: Log): Promise<void> {
  Runtime.install(temporalRuntime(log));
  const connection = await NativeConnection.connect(temporalConnectionOptions(config));
  const database = openDatabase(config.databaseUrl, {
    name: 'understudy orchestrator',
    onError: (error) => log.warn({ err: error }, 'database connection lost'),
  });
  const worker = await Worker.create({
    connection,
    namespace: config.temporal.namespace,
    taskQueue: jobsQueue(config.temporal.queuePrefix),
    workflowBundle: workflowBundle(config),
    activities: { project: (task: ProjectTask) => project(database.db, task) },
    stickyQueueScheduleToStartTimeout: '3s',
    maxCachedWorkflows: 300,
    shutdownGraceTime: graceMs / 2,
    shutdownForceTime: graceMs,
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => worker.shutdown());
  log.info({ queue: jobsQueue(config.temporal.queuePrefix) }, 'orchestrator ready');
  try {
    await worker.run();
  } finally {
    await connection.close();
    await database.close();
  }
}

const config = loadConfig();
const log = createLog('orchestrator', config.logLevel);
run(config, log).then(
  () => process.exit(0),
  (error: unknown) => {
    log.fatal({ err: error }, 'orchestrator ended');
    process.exit(1);
  },
);
