/** The browser of one job: a Chromium of its own with the work page and the blank page for expressions. */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions } from 'playwright';
import type { Recording } from '../contract/step-task.ts';
import type { Log } from '../log.ts';
import { bindBrowser } from './browser-binding.ts';
import { chromiumFlags } from './chromium.ts';
import { createCapture, type Capture } from './capture/capture.ts';
import { answerDialogs, type Dialogs } from './dialogs.ts';
import { keepDownloads, type Downloads } from './downloads.ts';
import type { Leftovers, Trace } from './leftovers.ts';
import { killGroup, profileOf } from './processes.ts';
import { blankViewport, workViewport, type StorageState } from './protocol.ts';
import type { Pass, Proxy } from './proxy.ts';
import { startRecorder, type Recorder } from './recording/recorder.ts';
import type { Recordings } from './recording/recordings.ts';
import { signIn } from './sign-in.ts';
import { tendPages } from './tending.ts';

export type JobBrowser = {
  endpoint: string;
  /** what the guard let through, and what not */
  pass: Pass;
  /** of the work context */
  dialogs: Dialogs;
  downloads: Downloads;
  capture: Capture;
  /** null: nothing is recorded. It is to be stopped before the browser is closed */
  recorder: Recorder | null;
  /** as in Chromium 156.0.7444.59 */
  version: string;
  /** Ends the browser, by force when it does not go by itself within 2 s. Never rejects. */
  close(): Promise<void>;
};
export type LaunchOptions = {
  jobId: string;
  /** cookies and storages that the work context begins with */
  storage?: StorageState;
  record?: Recording;
  recordings: Recordings;
  executable: string;
  sandbox: boolean;
  proxy: Proxy;
  /** the host's folder */
  dir: string;
  leftovers: Leftovers;
  /** called once, when the browser has gone for whatever reason */
  onGone: () => void;
  log: Log;
};

const patienceMs = 2000;

/** @throws Error when Chromium does not start; nothing of it is left then */
export async function launchJobBrowser(options: LaunchOptions): Promise<JobBrowser> {
  const { dir, leftovers, proxy } = options;
  const artifacts = mkdtempSync(join(dir, 'artifacts-'));
  const browser = await launchChromium(options, artifacts).catch((error: unknown) => {
    rmSync(artifacts, { recursive: true, force: true });
    throw error;
  });
  const pid = await processId(browser);
  const trace: Trace = { pid, profile: profileOf(pid), artifacts, endpoint: '' };
  leftovers.add(trace);
  const pass = proxy.issue();
  const close = () => closeBrowser(browser, pid);
  let watched: Watched | undefined;
  browser.on('disconnected', () => {
    pass.end();
    watched?.recorder?.lost();
    leftovers.remove(trace);
    options.onGone();
  });
  try {
    watched = await openPages(browser, { pass, artifacts }, options);
    trace.endpoint = await bindBrowser(browser, `job-${options.jobId}`);
    leftovers.add(trace);
    return { endpoint: trace.endpoint, version: `Chromium ${browser.version()}`, pass, ...watched, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Signals are the host's to handle: it has more to do than to end browsers. */
const launchChromium = ({ executable, sandbox, proxy, dir }: LaunchOptions, artifacts: string): Promise<Browser> =>
  chromium.launch({
    executablePath: executable,
    headless: true,
    chromiumSandbox: sandbox,
    args: chromiumFlags(proxy.url, dir),
    artifactsDir: artifacts,
    // goes with the others: it is not masked
    tracesDir: join(artifacts, 'traces'),
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });

type Watched = Pick<JobBrowser, 'dialogs' | 'downloads' | 'capture' | 'recorder'>;
type Opening = { pass: Pass; artifacts: string };

/** The order is part of the protocol: the work page, then the blank page. Only the work context gets through the proxy. */
async function openPages(
  browser: Browser,
  { pass, artifacts }: Opening,
  { jobId, storage, record, recordings, log }: LaunchOptions,
): Promise<Watched> {
  const work = await workContext(browser, storage, log);
  tendPages(work, log);
  const watched = { dialogs: answerDialogs(work, log), downloads: keepDownloads(work, artifacts, log), capture: createCapture(work, log) };
  await signIn(await work.newPage(), pass);
  const blank = await browser.newContext({ viewport: blankViewport, offline: true, serviceWorkers: 'block' });
  answerDialogs(blank, log);
  await blank.newPage();
  const recorder = await startRecorder({ jobId, record, recordings, context: work, capture: watched.capture, log });
  return { ...watched, recorder };
}

/** A storage that the browser refuses costs the job its log-in at most, which whoever restores it will notice; never the browser. */
async function workContext(browser: Browser, storage: StorageState | undefined, log: Log): Promise<BrowserContext> {
  const plain = { viewport: workViewport, acceptDownloads: true };
  if (storage === undefined) return browser.newContext(plain);
  try {
    return await browser.newContext({ ...plain, storageState: storage as PlaywrightStorage });
  } catch (error) {
    log.warn({ error: String(error).slice(0, 200) }, 'a storage could not be put back');
    return browser.newContext(plain);
  }
}

type PlaywrightStorage = Exclude<BrowserContextOptions['storageState'], string | undefined>;

async function processId(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const main = processInfo.find((process) => process.type === 'browser');
  if (!main) throw new Error('The browser does not say which process it is.');
  return main.id;
}

async function closeBrowser(browser: Browser, pid: number): Promise<void> {
  const force = setTimeout(() => killGroup(pid), patienceMs);
  await browser.close().catch(() => undefined);
  clearTimeout(force);
}
