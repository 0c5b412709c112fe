/** The browser of one job: a Chromium of its own with the work page and the blank page for expressions. */
import { chromium, type Browser } from 'playwright';
import type { Log } from '../log.ts';
import { bindBrowser } from './browser-binding.ts';
import { chromiumFlags } from './chromium.ts';
import { answerDialogs } from './dialogs.ts';
import { killGroup, profileOf } from './processes.ts';
import { blankViewport, workViewport } from './protocol.ts';
import type { Pass, Proxy } from './proxy.ts';
import { signIn } from './sign-in.ts';
import { tendPages } from './tending.ts';

export type JobBrowser = {
  endpoint: string;
  pid: number;
  /** the profile folder, which a killed browser leaves behind */
  profile: string | null;
  /** what the guard let through, and what not */
  pass: Pass;
  /** Ends the browser, by force when it does not go by itself within 2 s. Never rejects. */
  close(): Promise<void>;
};
export type LaunchOptions = {
  jobId: string;
  executable: string;
  sandbox: boolean;
  proxy: Proxy;
  mark: string;
  /** called once, when the browser has gone for whatever reason */
  onGone: () => void;
  log: Log;
};

const patienceMs = 2000;

export async function launchJobBrowser(options: LaunchOptions): Promise<JobBrowser> {
  const browser = await chromium.launch({
    executablePath: options.executable,
    headless: true,
    chromiumSandbox: options.sandbox,
    args: chromiumFlags(options.proxy.url, options.mark),
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
  const pid = await processId(browser);
  const pass = options.proxy.issue();
  const close = () => closeBrowser(browser, pid);
  browser.on('disconnected', () => {
    pass.end();
    options.onGone();
  });
  try {
    await openPages(browser, pass, options.log);
    return { endpoint: await bindBrowser(browser, `job-${options.jobId}`), pid, profile: profileOf(pid), pass, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The order is part of the protocol: the work page, then the blank page. Only the work context gets through the proxy. */
async function openPages(browser: Browser, pass: Pass, log: Log): Promise<void> {
  const work = await browser.newContext({ viewport: workViewport, acceptDownloads: true });
  tendPages(work, log);
  answerDialogs(work, log);
  await signIn(await work.newPage(), pass);
  const blank = await browser.newContext({ viewport: blankViewport, offline: true, serviceWorkers: 'block' });
  answerDialogs(blank, log);
  await blank.newPage();
}

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
