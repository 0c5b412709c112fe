/**
 * One PostgreSQL and one Temporal development server for the whole run, on free ports, in a folder that is removed at the end.
 * `TEST_DATABASE_URL` and `TEST_TEMPORAL_ADDRESS` name servers that run already: those are used and left alone.
 */
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { freePort } from '../../bin/ports.js';
import { preparePostgres } from '../../bin/postgres.js';
import { launch, type Launched } from '../../bin/process.js';
import { findTemporal } from '../../bin/setup/temporal-executable.js';
import { prepareTemporal } from '../../bin/temporal.js';
import { bundle } from '../../temporal/bundle-workflows.ts';
import { createGuardian, type Guardian } from './guardian.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** URL of a database from which others can be created */
    databaseUrl: string;
    /** host:port of the Temporal frontend */
    temporalAddress: string;
    /** the `temporal` CLI */
    temporalCli: string;
    /** the workflow bundle, made once for the run */
    workflowBundle: string;
  }
}

export default async function startServices(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'understudy-test-'));
  // the database server may run as another user: it must be able to pass
  await chmod(folder, 0o711);
  const guardian = createGuardian(folder);
  const started: Launched[] = [];
  try {
    const temporalCli = requireTemporal();
    const temporal = startTemporal({ folder, guardian, started, temporalCli });
    project.provide('databaseUrl', await startPostgres({ folder, guardian, started }));
    project.provide('temporalAddress', await temporal);
    project.provide('temporalCli', temporalCli);
    project.provide('workflowBundle', await writeBundle(folder));
  } catch (error) {
    await guardian.dismiss();
    throw error;
  }
  return async () => {
    await Promise.all(started.map((server) => server.stop()));
    await guardian.dismiss();
  };
}

interface Starting {
  folder: string;
  guardian: Guardian;
  started: Launched[];
}

async function startPostgres({ folder, guardian, started }: Starting): Promise<string> {
  const running = process.env['TEST_DATABASE_URL'];
  if (running) return running;
  // what a crash of the machine would lose does not matter here
  const settings = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=200'];
  const spec = preparePostgres({ directory: join(folder, 'postgres'), port: await freePort([0]), settings });
  const server = launch(spec);
  guardian.watch(server.child.pid);
  started.push(server);
  await server.ready;
  return spec.url;
}

/** A job continues as new after 40 steps or so in place of 500: that it does so can be seen in a short test. */
const dynamicConfig = ['limit.historyCount.suggestContinueAsNew=300'];

async function startTemporal({ folder, guardian, started, temporalCli }: Starting & { temporalCli: string }): Promise<string> {
  const running = process.env['TEST_TEMPORAL_ADDRESS'];
  if (running) return running;
  const taken = new Set<number>();
  const port = () => freePort([0], taken);
  const ports = { port: await port(), uiPort: await port(), httpPort: await port(), metricsPort: await port() };
  const spec = prepareTemporal({ executable: temporalCli, directory: join(folder, 'temporal'), ...ports, dynamicConfig });
  const server = launch(spec);
  guardian.watch(server.child.pid);
  started.push(server);
  await server.ready;
  return spec.address;
}

async function writeBundle(folder: string): Promise<string> {
  const file = join(folder, 'workflow-bundle.js');
  await bundle(file);
  return file;
}

function requireTemporal(): string {
  const found = findTemporal();
  if (!found) throw new Error('no Temporal CLI: run `npm test` once (it installs one), or put `temporal` on the PATH');
  return found;
}
