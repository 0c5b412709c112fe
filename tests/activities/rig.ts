/** A real host with real Chromium, the test site, and the activities as a worker would have them, but without Temporal. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Artifact } from '../../src/contract/artifact.ts';
import type { Action } from '../../src/contract/action.ts';
import type { Capture } from '../../src/contract/runbook.ts';
import type { PlannedStep, Recording, StepReport, StepTask } from '../../src/contract/step-task.ts';
import type { CheckpointStore, JobSource, WorkerDependencies } from '../../src/activities/dependencies.ts';
import { createLostProof } from '../../src/activities/lost-proof.ts';
import { createPages } from '../../src/activities/pages.ts';
import { createRunning } from '../../src/activities/running.ts';
import { createStepRunner } from '../../src/activities/run-step.ts';
import { createStepPictures } from '../../src/activities/step-pictures.ts';
import { createFolderStore } from '../../src/artifacts/folder-store.ts';
import { createHostClient } from '../../src/host/client.ts';
import type { HostValue } from '../../src/host/protocol.ts';
import { startHost } from '../../src/host/server.ts';
import { defaultEffects } from '../../src/domain/plan.ts';
import { createLog } from '../../src/log.ts';
import { createMac, createVault } from '../../src/vault/vault.ts';
import { startSite } from '../site/server.ts';
import { chromiumPath, chromiumSandbox } from '../support/chromium.ts';

export type Rig = Awaited<ReturnType<typeof startRig>>;
type JobValues = Awaited<ReturnType<JobSource['load']>>;

/** `slots`: browsers at once; `searchPath`: where ffmpeg is looked for */
export async function startRig({ slots = 4, searchPath }: { slots?: number; searchPath?: string } = {}) {
  const dir = await mkdtemp(join(tmpdir(), 'understudy-activities-'));
  const log = createLog('test', 'silent');
  const socket = join(dir, 'host.sock');
  const key = randomBytes(32).toString('hex');
  const vault = createVault(key);
  const hostOptions = {
    socket,
    dir: join(dir, 'host'),
    name: 'test',
    slots,
    chromium: chromiumPath(),
    sandbox: chromiumSandbox(),
    vault,
    protectedAddresses: [],
    ...(searchPath !== undefined && { searchPath }),
    log,
  };
  let host = await startHost(hostOptions);
  const restartHost = async (): Promise<void> => {
    await host.close();
    host = await startHost(hostOptions);
  };
  const client = createHostClient(socket);
  const site = await startSite();
  const rows: Artifact[] = [];
  const jobValues = new Map<string, JobValues>();
  const forgotten: string[] = [];
  const kept = new Map<string, { token: number; plain: string }>();
  const lastGood: Record<string, string> = {};
  const checkpoints: CheckpointStore = {
    store: ({ jobId, token, plain }) => Promise.resolve(void kept.set(jobId, { token, plain })),
    load: (jobId) => Promise.resolve(kept.get(jobId)),
  };
  const filesFolder = join(dir, 'files');
  const store = createFolderStore(join(dir, 'artifacts'));
  const jobs: JobSource = {
    load: (jobId) => Promise.resolve(jobValues.get(jobId) ?? { values: [], expressions: [] }),
    forget: (jobId) => Promise.resolve(void forgotten.push(jobId)),
  };

  /** A worker as it would start: attached, with its own epoch. */
  async function startWorker() {
    const { epoch } = await client.call('attach', {});
    let fenced = false;
    const dependencies: WorkerDependencies = {
      host: client,
      hostName: 'test',
      epoch,
      queue: 'browser:test',
      jobs,
      checkpoints,
      lastGoodRun: { values: () => Promise.resolve(lastGood) },
      mac: createMac(key),
      index: {
        record: (row) => Promise.resolve(void rows.push(row)),
        list: (jobId) => Promise.resolve(rows.filter((row) => row.jobId === jobId)),
      },
      store,
      lost: createLostProof(),
      filesFolder,
      log,
      fenced: () => {
        fenced = true;
      },
    };
    const pages = createPages();
    const running = createRunning();
    const pictures = createStepPictures(dependencies);
    const parts = { dependencies, pages, running, pictures };
    return { ...parts, runStep: createStepRunner(parts), isFenced: () => fenced };
  }

  const close = async (): Promise<void> => {
    client.close();
    await host.close();
    await site.close();
    // a picture may be on its way into it
    await rm(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  };
  return { client, site, store, filesFolder, rows, jobValues, forgotten, kept, startWorker, restartHost, close };
}

export type Worker = Awaited<ReturnType<Rig['startWorker']>>;
type StepInput = { action: Action; captures?: Partial<Capture>[] } & Partial<Omit<PlannedStep, 'action' | 'captures'>>;

export function plan({ action, captures = [], ...rest }: StepInput): PlannedStep {
  return {
    id: 'step',
    ordinal: 0,
    description: 'a step',
    effect: defaultEffects[action.type],
    timeout: 8_000,
    retries: 3,
    continueOnError: false,
    ...rest,
    action,
    captures: captures.map((c) => ({ name: 'it', strategy: 'url', required: false, ...c })),
  };
}

let jobNumber = 0;

/** A job with an open browser; `step` carries out one step after the other. */
export async function openJob(rig: Rig, worker: Worker, given: HostValue[] | { values?: HostValue[]; record?: Recording } = {}) {
  const { values = [], record = undefined } = Array.isArray(given) ? { values: given } : given;
  const jobId = `job-${(jobNumber += 1)}`;
  const { missing } = await rig.client.call('open', { jobId, epoch: worker.dependencies.epoch, values, ...(record && { record }) });
  let instance = 0;
  let gen = 0;
  const task = (input: StepInput, over: Partial<StepTask> = {}): StepTask => {
    instance += 1;
    return { jobId, instance, after: null, gen, dispatch: instance, step: plan(input), pauseBefore: 0, baseUrl: rig.site.url, ...over };
  };
  const run = (given: StepTask, signal = new AbortController().signal): Promise<StepReport> =>
    worker.runStep(given, { heartbeat: () => undefined, signal });
  const step = async (input: StepInput, over: Partial<StepTask> = {}): Promise<StepReport> => {
    const report = await run(task(input, over));
    if (report.outcome !== 'done') gen += 1;
    return report;
  };
  const done = async (input: StepInput): Promise<StepReport & { outcome: 'done' }> => {
    const report = await step(input);
    if (report.outcome !== 'done') throw new Error(JSON.stringify(report));
    return report;
  };
  const fails = async (input: StepInput): Promise<StepReport & { outcome: 'failed' }> => {
    const report = await step(input);
    if (report.outcome !== 'failed') throw new Error(JSON.stringify(report));
    return report;
  };
  const visit = (url: string) => done({ action: { type: 'navigate', url } });
  /** what JavaScript in the page says */
  const read = async (expression: string): Promise<string | null | undefined> =>
    (await done({ action: { type: 'extract', script: '1' }, captures: [{ name: 'it', strategy: 'evaluate', expression }] })).captures[0]
      ?.value;
  return { jobId, missing, task, run, step, done, fails, visit, read, gen: () => gen };
}

export type TestJob = Awaited<ReturnType<typeof openJob>>;
