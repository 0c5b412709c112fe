/** The browser worker: activities only, crash-only. Everything that must outlive it is the host's. */
import { join } from 'node:path';
import { ApplicationFailure } from '@temporalio/common';
import { Client } from '@temporalio/client';
import { NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createActivities } from './activities/activities.ts';
import type { JobSource, WorkerDependencies } from './activities/dependencies.ts';
import { tendBrowsers, watchHost } from './activities/host-watch.ts';
import { createLostProof } from './activities/lost-proof.ts';
import { sweep } from './activities/sweep.ts';
import { createFolderStore } from './artifacts/folder-store.ts';
import { loadConfig, type Config } from './config.ts';
import { listArtifacts, recordArtifact } from './db/artifacts.ts';
import { openDatabase, type Db } from './db/database.ts';
import { loadCheckpoint, storeCheckpoint } from './db/job-checkpoints.ts';
import { forgetJobValues, loadJobValues } from './db/job-values.ts';
import { lastGoodValues } from './db/last-good-run.ts';
import { browsersQueue, controlQueue, dispatchWindow, hostQueue, returnsQueue } from './domain/names.ts';
import { createHostClient, type HostClient } from './host/client.ts';
import { createLog, type Log } from './log.ts';
import { temporalConnectionOptions } from './temporal-connection.ts';
import { temporalRuntime } from './temporal-logger.ts';
import { createMac, createVault, readKey, SealBroken, type Vault } from './vault/vault.ts';

const exitMs = 2_500;

function jobSource(db: Db, vault: Vault): JobSource {
  return {
    async load(jobId) {
      const found = await readable(() => loadJobValues(db, vault, jobId));
      if (!found) throw ApplicationFailure.nonRetryable(`Job ${jobId} has ended: its values are gone.`, 'JobEnded');
      return found;
    },
    forget: (jobId) => forgetJobValues(db, jobId),
  };
}

/** What cannot be opened now can never be: trying again would keep the job waiting for ever. */
async function readable<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (error instanceof SealBroken) throw ApplicationFailure.nonRetryable(error.message, 'SealBroken');
    throw error;
  }
}

type Setting = { config: Config; log: Log; connection: NativeConnection; dependencies: WorkerDependencies; slots: number };

/** Three queues, so that steps never starve what must stop them. */
function createWorkers({ config, connection, dependencies, slots }: Setting): Promise<Worker[]> {
  const { acquire, steps, control } = createActivities(dependencies);
  const queue = dependencies.queue;
  // fewer would let held successors take the place of the predecessor's retry: a deadlock
  const stepSlots = slots * (2 + dispatchWindow) + 4;
  const make = (taskQueue: string, activities: object, atOnce: number): Promise<Worker> =>
    Worker.create({
      connection,
      namespace: config.temporal.namespace,
      identity: identityOf(dependencies),
      taskQueue,
      activities,
      maxConcurrentActivityTaskExecutions: atOnce,
      maxHeartbeatThrottleInterval: '500ms',
      shutdownGraceTime: '1s',
      shutdownForceTime: '3s',
    });
  return Promise.all([
    make(browsersQueue(config.temporal.queuePrefix), acquire, slots),
    // those that come back wait at the host, which serves them first
    make(returnsQueue(config.temporal.queuePrefix), acquire, 200),
    make(queue, steps, stepSlots),
    make(controlQueue(queue), control, 20),
  ]);
}

const identityOf = ({ hostName, epoch }: WorkerDependencies): string => `${hostName}:${epoch}`;

type Reached = { host: HostClient; config: Config; db: Db; log: Log };

async function attach({ host, config, db, log }: Reached) {
  const { epoch, host: hostName, slots, jobs } = await host.call('attach', {});
  const fenced = (): void => {
    log.warn({ epoch }, 'a newer worker has taken over');
    process.exit(0);
  };
  const key = readKey(config.key, join(config.home, 'key'));
  const vault = createVault(key);
  const dependencies: WorkerDependencies = {
    host,
    hostName,
    epoch,
    fenced,
    log,
    queue: hostQueue(hostName, config.temporal.queuePrefix),
    jobs: jobSource(db, vault),
    checkpoints: {
      store: (checkpoint) => storeCheckpoint(db, vault, checkpoint),
      load: (jobId) => readable(() => loadCheckpoint(db, vault, jobId)),
    },
    lastGoodRun: { values: (runbookId, exceptJobId) => lastGoodValues(db, runbookId, exceptJobId) },
    mac: createMac(key),
    index: { record: (row) => recordArtifact(db, row), list: (jobId) => listArtifacts(db, jobId) },
    store: createFolderStore(config.artifacts),
    lost: createLostProof(),
    filesFolder: config.files,
  };
  return { dependencies, slots, jobs: jobs.map(({ jobId }) => jobId) };
}

async function run(config: Config, log: Log): Promise<void> {
  Runtime.install(temporalRuntime(log));
  // attaching fences the predecessor: only once this process can work
  const connection = await NativeConnection.connect(temporalConnectionOptions(config));
  const client = new Client({ connection, namespace: config.temporal.namespace });
  const { db } = openDatabase(config.databaseUrl, {
    name: 'understudy worker',
    onError: (error) => log.warn({ err: error }, 'database connection lost'),
  });
  const host = createHostClient(config.browsers.socket);
  const { dependencies, slots, jobs } = await attach({ host, config, db, log });
  const { hostName, epoch } = dependencies;
  const swept = await sweep({ client, jobs, hostName, identity: identityOf(dependencies), log });
  const workers = await createWorkers({ config, log, connection, dependencies, slots });
  exitOnSignals(workers, log);
  watchHost(dependencies, () => process.exit(1));
  tendBrowsers(dependencies, client);
  log.info({ host: hostName, epoch, slots, jobs: jobs.length, swept }, 'worker ready');
  await Promise.all(workers.map((worker) => worker.run()));
}

/** Short steps may end; what still waits then is left to the next worker. */
function exitOnSignals(workers: readonly Worker[], log: Log): void {
  const end = (signal: string): void => {
    log.info({ signal }, 'worker ends');
    setTimeout(() => process.exit(0), exitMs);
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
}

const config = loadConfig();
const log = createLog('worker', config.logLevel);
run(config, log).then(
  () => process.exit(0),
  (error: unknown) => {
    log.fatal({ err: error }, 'worker ended');
    process.exit(1);
  },
);
