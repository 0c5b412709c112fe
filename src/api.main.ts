/** The api: REST, event streams, the console. It keeps no state of jobs and may be killed at any time. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import packageJson from '../package.json' with { type: 'json' };
import { createApp } from './api/app.ts';
import type { ApiDependencies, ApiSettings } from './api/dependencies.ts';
import { startReconciler } from './api/reconciler.ts';
import { seedExamples } from './api/seed.ts';
import { createTemporalGateway } from './api/temporal-gateway.ts';
import { createFolderStore } from './artifacts/folder-store.ts';
import { loadConfig, type Config } from './config.ts';
import { isDatabaseAway, openDatabase, type Database } from './db/database.ts';
import { migrate } from './db/migrate.ts';
import { listenForJobs } from './db/notify.ts';
import { createHostClient } from './host/client.ts';
import { createLog, type Log } from './log.ts';
import { temporalConnectionOptions } from './temporal-connection.ts';
import { createVault, readKey } from './vault/vault.ts';

const databaseWaitMs = 60_000;
const stopMs = 1_500;
const hostMs = 500;

/** Postgres may come up after the api. @throws the last error after a minute */
async function prepareDatabase({ pool }: Database, log: Log): Promise<void> {
  for (const began = Date.now(); ; await wait(500)) {
    try {
      return await migrate(pool);
    } catch (err) {
      if (!isDatabaseAway(err) || Date.now() - began > databaseWaitMs) throw err;
      log.warn({ reason: err instanceof Error ? err.message : String(err) }, 'waiting for Postgres');
    }
  }
}

function settingsOf(config: Config): ApiSettings {
  const apiKeyFile = join(config.home, 'api-key');
  return {
    publicUrl: config.publicUrl,
    temporalUiUrl: config.temporal.uiUrl,
    web: config.web,
    reportRenderer: config.reportRenderer,
    practiceUrl: config.practiceUrl,
    env: config.env,
    envAllow: config.envAllow,
    apiKey: readKey(null, apiKeyFile),
    apiKeyFile,
    parkAfterMs: config.parkAfterMs,
    plan: config.plan,
    version: packageJson.version,
  };
}

function dependenciesOf(config: Config, database: Database, log: Log): ApiDependencies {
  const store = createFolderStore(config.artifacts);
  const host = createHostClient(config.browsers.socket);
  const { namespace, queuePrefix } = config.temporal;
  return {
    database,
    notifications: listenForJobs(config.databaseUrl),
    gateway: createTemporalGateway({ connection: temporalConnectionOptions(config) ?? {}, namespace, queuePrefix }),
    vault: createVault(readKey(config.key, join(config.home, 'key'))),
    artifacts: { open: async ({ id }, range) => (await store.open(id, range)) ?? null },
    hostStat: () => host.call('stat', {}, AbortSignal.timeout(hostMs)),
    watchHost: (jobId, on, signal) => host.watch(jobId, on, signal),
    settings: settingsOf(config),
    log,
  };
}

async function listen(server: Server, { host, port }: Config): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' ? new Error(`port ${port} on ${host} is taken: set PORT to a free one`) : error),
    );
    server.listen(port, host, resolve);
  });
  return `http://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`;
}

/** Streams first, so that their clients go to the successor at once; what hangs is cut off. */
async function stop(server: Server, close: () => Promise<unknown>): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  setTimeout(() => server.closeAllConnections(), stopMs / 2).unref();
  await Promise.race([Promise.all([closed, close()]), wait(stopMs)]);
}

async function run(config: Config, log: Log): Promise<void> {
  const database = openDatabase(config.databaseUrl, {
    name: 'understudy api',
    onError: (err) => log.warn({ err }, 'database connection lost'),
  });
  await prepareDatabase(database, log);
  if (config.practiceUrl) {
    const dir = fileURLToPath(new URL('../examples/runbooks', import.meta.url));
    const seeded = await seedExamples({ db: database.db, dir, practiceUrl: config.practiceUrl });
    if (seeded.length > 0) log.info({ runbooks: seeded }, 'stored the example runbooks');
  }
  const deps = dependenciesOf(config, database, log);
  const api = createApp(deps);
  const server = createServer(api.app);
  const url = await listen(server, config);
  deps.gateway.ensureSearchAttributes().then(
    ({ known, detail }) => known || log.warn({ detail }, 'jobs start without search attributes'),
    () => log.warn('Temporal does not answer yet'),
  );
  const reconciler = startReconciler(deps);
  log.info({ url }, 'api ready');
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
  api.close();
  await stop(server, async () => {
    await Promise.allSettled([reconciler.stop(), deps.notifications.close(), deps.gateway.close()]);
    await database.close();
  });
}

const config = loadConfig();
const log = createLog('api', config.logLevel);
run(config, log).then(
  () => process.exit(0),
  (err: unknown) => {
    log.fatal({ err }, 'the api cannot run');
    process.exit(1);
  },
);
