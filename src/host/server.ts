/** The browser host: one per machine. Owns what must survive a worker (DESIGN 2): browsers, the ledger, dialogs that nobody answers. */
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../log.ts';
import type { Vault } from '../vault/vault.ts';
import { findChromium } from './chromium.ts';
import { openEpoch, type Epoch } from './epoch.ts';
import type { Lookup } from './guard.ts';
import { launchJobBrowser } from './job-browser.ts';
import { Jobs } from './jobs.ts';
import { takeOver } from './leftovers.ts';
import { LiveJobs } from './live-jobs.ts';
import { startProxy } from './proxy.ts';
import { findFfmpeg, withoutFfmpeg } from './recording/ffmpeg.ts';
import { Recordings } from './recording/recordings.ts';
import { createSlots, type Slots } from './slots.ts';
import { listenOnSocket, refuseSecond, type Verbs } from './socket.ts';

export type HostOptions = {
  /** path of the Unix socket (made with mode 0600) */
  socket: string;
  /** folder (made with mode 0700) for ledgers, the epoch and what has to be cleaned up after a crash */
  dir: string;
  /** stable name of this host; part of its task queue's name */
  name: string;
  /** browsers at once */
  slots: number;
  /** path of a Chromium; null: the first one found */
  chromium: string | null;
  /** PATH, where a Chromium is looked for before the usual folders, and ffmpeg instead of them; default: only those */
  searchPath?: string;
  sandbox: boolean;
  vault: Vault;
  /** `host:port` that no job's browser may reach */
  protectedAddresses: string[];
  /** how the guard resolves names; default: the system's resolver */
  lookup?: Lookup;
  log: Log;
};
export type Host = { close(): Promise<void> };

/** @throws Error when there is no Chromium, when another host answers on the socket or uses the folder, or when a protected address is no `host:port` */
export async function startHost(options: HostOptions): Promise<Host> {
  const { dir, vault, log } = options;
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const executable = findChromium(options.chromium, options.searchPath ?? '');
  await refuseSecond(options.socket);
  const leftovers = takeOver(dir);
  const epoch = openEpoch(join(dir, 'epoch'));
  const proxy = await startProxy(options);
  const slots = createSlots(options.slots);
  const live = new LiveJobs();
  const recordings = openRecordings(options);
  const jobs = new Jobs({
    dir,
    live,
    recordings,
    vault,
    epoch,
    slots,
    launch: (opening, onGone) =>
      launchJobBrowser({ ...opening, executable, sandbox: options.sandbox, proxy, dir, leftovers, recordings, onGone, log }),
  });
  recordings.sweep((jobId) => jobs.knows(jobId));
  const server = await listenOnSocket({
    path: options.socket,
    verbs: verbsOf({ options, jobs, slots, epoch, video: recordings.ffmpeg !== null }),
    watch: (jobId, listener) => live.watch(jobId, listener),
    log,
  });
  return {
    async close() {
      await jobs.end();
      await recordings.settle(settleMs);
      await server.close();
      await proxy.close();
      leftovers.close();
    },
  };
}

/** A host ends within three seconds: what is not finished by then tells the next one. */
const settleMs = 1500;

function openRecordings({ dir, searchPath = '', log }: HostOptions): Recordings {
  const ffmpeg = findFfmpeg(searchPath);
  if (ffmpeg) log.info({ ffmpeg }, 'videos of jobs can be recorded');
  else log.warn(withoutFfmpeg);
  return new Recordings({ dir, ffmpeg });
}

type Parts = { options: HostOptions; jobs: Jobs; slots: Slots; epoch: Epoch; video: boolean };

function verbsOf({ options, jobs, slots, epoch, video }: Parts): Verbs {
  const { name, sandbox } = options;
  const boot = randomBytes(4).toString('hex');
  return {
    attach() {
      const alive = jobs.attach();
      return { epoch: epoch.value, host: name, slots: slots.total, jobs: alive };
    },
    open: (body, signal) => jobs.open(body, signal),
    values: (body) => done(jobs.values(body)),
    mask: (body) => done(jobs.mask(body)),
    keep: (body) => jobs.keep(body),
    close: async ({ jobId }) => done(await jobs.close(jobId)),
    collection: (body) => jobs.collection(body),
    item: (body) => jobs.item(body),
    expectDialog: (body) => done(jobs.expectDialog(body)),
    dialogs: (body) => ({ dialogs: jobs.pagesOf(body).dialogs.seen() }),
    downloads: (body) => jobs.pagesOf(body).downloads.list(),
    awaitDownload: (body, signal) => jobs.pagesOf(body).downloads.wait(body, signal),
    dropDownload: (body) => done(jobs.pagesOf(body).downloads.drop(body.number)),
    picture: (body) => jobs.picture(body),
    progress: (body) => done(jobs.progress(body)),
    recordings: (body) => jobs.recordings(body),
    dropRecordings: (body) => done(jobs.dropRecordings(body)),
    begin: (body, signal) => jobs.begin(body, signal),
    acting: async ({ mark, ...ref }) => done(await jobs.report({ verb: 'acting', ref, mark })),
    interrupted: async (ref) => done(await jobs.report({ verb: 'interrupted', ref })),
    done: async ({ result, captures, appends, ...ref }) => done(await jobs.report({ verb: 'done', ref, result, captures, appends })),
    failed: async (body) => done(await jobs.report({ verb: 'failed', ref: body, result: body.result })),
    stop: (body) => jobs.stop(body),
    stat: () => ({
      host: name,
      boot,
      epoch: epoch.value,
      slots: slots.total,
      used: slots.used,
      waiting: slots.waiting,
      sandbox,
      video,
      frames: jobs.frames,
      jobs: jobs.stat(),
    }),
    refusals: ({ jobId }) => jobs.refusals(jobId),
  };
}

const done = (_: void): Record<string, never> => ({});
