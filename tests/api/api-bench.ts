/** The api on a free port: real Postgres, real Temporal, the real workflow and projection; only the browser's activities are stubs. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { inject } from 'vitest';
import { createApp, type ApiApp } from '../../src/api/app.ts';
import type { ApiDependencies, ApiSettings } from '../../src/api/dependencies.ts';
import { createTemporalGateway } from '../../src/api/temporal-gateway.ts';
import type { JobDetail } from '../../src/contract/job.ts';
import type { AcquireTask, CheckpointTask, CloseTask, ParkTask, ProjectTask, StepTask, StopTask } from '../../src/contract/step-task.ts';
import { openDatabase } from '../../src/db/database.ts';
import { listenForJobs } from '../../src/db/notify.ts';
import { project } from '../../src/db/projection.ts';
import { browsersQueue, controlQueue, hostQueue, jobsQueue, returnsQueue } from '../../src/domain/names.ts';
import { HostError } from '../../src/host/client.ts';
import { createLog } from '../../src/log.ts';
import { createVault } from '../../src/vault/vault.ts';
import { createDatabase } from '../support/postgres.ts';
import { inThisThread } from '../support/quiet-temporal.ts';
import { queuePrefix, temporalAddress } from '../support/temporal.ts';
import { StubHost, type Script } from '../workflows/stub-host.ts';

export type Answer<T = Record<string, unknown>> = { status: number; headers: Headers; body: T };
export type ApiBench = {
  url: string;
  deps: ApiDependencies;
  api: ApiApp;
  /** the stub host of a job */
  host(jobId: string): StubHost;
  get<T = Record<string, unknown>>(path: string): Promise<Answer<T>>;
  /** as the console's own page does it */
  send<T = Record<string, unknown>>(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer<T>>;
  /** starts a job with a step of each name */
  start(...steps: string[]): Promise<JobDetail>;
  job(id: string): Promise<JobDetail>;
  close(): Promise<void>;
};
/** `browsers`: until then no job gets one. */
type Options = {
  workers?: boolean;
  databaseUrl?: (url: string) => string;
  temporal?: string;
  settings?: Partial<ApiSettings>;
  browsers?: Promise<void>;
  watchHost?: ApiDependencies['watchHost'];
};

/**
 * Steps called `hold` wait until they are let go or interrupted, `act` cannot be interrupted, `fail` fails, nobody knows what became of `lost` the first time; a
 * person is asked before `ask` and `pay`, and the page of `pay` has changed when it is about to act for the first time.
 */
const script: Script = { hold: 'wait', act: 'act', fail: 'failed', lost: ['unknown', 'done'], pay: ['void', 'done'] };
const asks: Record<string, string> = { ask: ', requiresConfirmation: true', pay: ', requiresConfirmation: true', lost: ', effect: once' };

export const yaml = (...steps: string[]): string =>
  [
    'title: A test',
    'settings: {pauseBetweenSteps: 0}',
    'steps:',
    ...steps.map(
      (id, n) => `  - {id: ${id}, ordinal: ${n + 1}, description: do ${id}, action: {type: wait, duration: 1}${asks[id] ?? ''}}`,
    ),
  ].join('\n');

export async function openApiBench(options: Options = {}): Promise<ApiBench> {
  const made = await createDatabase();
  const databaseUrl = options.databaseUrl?.(made.url) ?? made.url;
  const prefix = queuePrefix();
  const given = dependencies({ databaseUrl, prefix, temporal: options.temporal ?? temporalAddress(), settings: options.settings });
  const deps = { ...given, ...(options.watchHost && { watchHost: options.watchHost }) };
  const api = createApp(deps);
  const server = createServer(api.app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const hosts = new Map<string, StubHost>();
  const host = (jobId: string): StubHost => {
    const known = hosts.get(jobId) ?? new StubHost(hostQueue('stub', prefix), script);
    hosts.set(jobId, known);
    return known;
  };
  const stopWorkers =
    options.workers === false ? () => Promise.resolve() : await runWorkers(deps, { prefix, host, browsers: options.browsers });
  const request = requester(url);
  return {
    url,
    deps,
    api,
    host,
    get: (path) => request('GET', path),
    send: request,
    start: async (...steps) => (await request<JobDetail>('POST', '/api/jobs', { runbook: yaml(...steps) })).body,
    job: async (id) => (await request<JobDetail>('GET', `/api/jobs/${id}`)).body,
    async close() {
      api.close();
      await stopServer(server);
      // steps of jobs that were terminated would hold their workers
      for (const each of hosts.values()) for (const step of Object.keys(script)) each.letGo(step);
      await stopWorkers();
      await Promise.all([deps.notifications.close(), deps.gateway.close(), deps.database.close()]);
      await made.drop();
    },
  };
}

function dependencies({
  databaseUrl,
  prefix,
  temporal,
  settings,
}: {
  databaseUrl: string;
  prefix: string;
  temporal: string;
  settings?: Partial<ApiSettings>;
}): ApiDependencies {
  return {
    database: openDatabase(databaseUrl),
    notifications: listenForJobs(databaseUrl),
    gateway: createTemporalGateway({ connection: { address: temporal }, namespace: 'default', queuePrefix: prefix }),
    vault: createVault(randomBytes(32).toString('hex')),
    artifacts: {
      open: ({ bytes }, range) =>
        Promise.resolve({
          stream: Readable.from([Buffer.alloc(bytes, 'abcdefghij').subarray(range?.start, range && range.end + 1)]),
          bytes,
        }),
    },
    hostStat: () => Promise.resolve(null),
    watchHost: () => Promise.reject(new HostError('unavailable', 503, 'no host')),
    settings: {
      ...{
        publicUrl: null,
        temporalUiUrl: 'http://ui.test/',
        web: '/nowhere',
        reportRenderer: '/nowhere/render.js',
        practiceUrl: null,
        env: { HOME_TOWN: 'Bern', SHELL: 'x' },
        envAllow: ['HOME_TOWN'],
      },
      ...{ apiKey: randomBytes(32).toString('hex'), apiKeyFile: '/home/api-key', parkAfterMs: 120_000, plan: 'business', version: '1.2.3' },
      ...settings,
    },
    log: createLog('test', 'silent'),
  };
}

function requester(url: string): ApiBench['send'] {
  return async <T>(...[method, path, body, headers = {}]: Parameters<ApiBench['send']>) => {
    const own: Record<string, string> = method === 'GET' ? {} : { origin: url, 'content-type': 'application/json' };
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(url + path, { method, headers: { ...own, ...headers }, body: text });
    const answer = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: (/json/.test(response.headers.get('content-type') ?? '') ? JSON.parse(answer) : answer) as T,
    };
  };
}

let runtimeInstalled = false;

type Stubs = { prefix: string; host: (jobId: string) => StubHost; browsers?: Promise<void> };

async function runWorkers({ database }: ApiDependencies, { prefix, host, browsers }: Stubs): Promise<() => Promise<void>> {
  if (!runtimeInstalled)
    Runtime.install({ shutdownSignals: [], logger: { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error: console.error } });
  runtimeInstalled = true;
  const connection = await NativeConnection.connect({ address: temporalAddress() });
  const options = { connection, shutdownForceTime: '1s' } as const;
  const queue = hostQueue('stub', prefix);
  const activities = {
    project: (task: ProjectTask) => project(database.db, task),
    acquireBrowser: async (task: AcquireTask) => {
      await browsers;
      return host(task.jobId).acquire.acquireBrowser(task);
    },
    runStep: (task: StepTask) => host(task.jobId).steps.runStep(task),
    stopSteps: (task: StopTask) => host(task.jobId).control.stopSteps(task),
    closeBrowser: (task: CloseTask) => host(task.jobId).control.closeBrowser(task),
    checkpointBrowser: (task: CheckpointTask) => host(task.jobId).control.checkpointBrowser(task),
    parkBrowser: (task: ParkTask) => host(task.jobId).control.parkBrowser({ ...task, picture: false }),
  };
  const queues = [browsersQueue(prefix), returnsQueue(prefix), queue, controlQueue(queue)];
  const workers = await Promise.all([
    Worker.create({
      ...options,
      taskQueue: jobsQueue(prefix),
      workflowBundle: { codePath: inject('workflowBundle') },
      debugMode: inThisThread,
      activities,
    }),
    ...queues.map((taskQueue) => Worker.create({ ...options, taskQueue, activities })),
  ]);
  const running = workers.map((worker) => worker.run());
  return async () => {
    for (const worker of workers) worker.shutdown();
    await Promise.all(running);
    await connection.close();
  };
}

async function stopServer(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
