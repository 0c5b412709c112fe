/** What went wrong inside a page lately: console errors and failed requests. Bounded; kept by the worker, so a new worker starts empty. */
import type { Trouble } from '../contract/evidence.ts';
import type { BrowserContext, ConsoleMessage, Page, Request, Response } from 'playwright';

const keep = 20;
/** Lines are masked and cut shorter where they are reported: a secret cut in two would not be recognised. */
const maxLength = 65_536;

/** `at`: ms since the epoch; unmasked. */
export type RawTrouble = { at: number; kind: Trouble['kind']; text: string };

export type Evidence = {
  /** what went wrong at `since` (ms since the epoch) or later, oldest first */
  troubles(since: number): RawTrouble[];
  console: string[];
  failedRequests: string[];
  /** true once a page's renderer has died */
  crashedLately(): boolean;
  /** how many dialogs pages have opened; the host answers them */
  dialogs(): number;
};

export function watchPage(context: BrowserContext): Evidence {
  const consoleLines: string[] = [];
  const failedRequests: string[] = [];
  const troubles: RawTrouble[] = [];
  const trouble = (kind: RawTrouble['kind'], text: string): void => {
    troubles.push({ at: Date.now(), kind, text: text.slice(0, maxLength) });
    if (troubles.length > keep) troubles.shift();
  };
  let crashed = false;
  let dialogs = 0;
  // only listens: an answer from here would come between the host and its own
  context.on('dialog', () => (dialogs += 1));
  const onConsole = (message: ConsoleMessage): void => {
    if (message.type() === 'error' || message.type() === 'warning') push(consoleLines, `${message.type()}: ${message.text()}`);
    // the browser says in its console, too, what a failed request says already
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) trouble('console', message.text());
  };
  const failed = (request: Request, what: string): void => {
    push(failedRequests, `${request.method()} ${request.url()}: ${what}`);
    if (!isIcon(request)) trouble('request', `${request.method()} ${request.url()} → ${what}`);
  };
  // a page that is left ends what it was asking for: nobody misses it
  const onFailed = (request: Request): void => {
    const why = request.failure()?.errorText ?? 'failed';
    if (why === 'net::ERR_ABORTED') push(failedRequests, `${request.method()} ${request.url()}: ${why}`);
    else failed(request, why);
  };
  const onResponse = (response: Response): void => {
    if (response.status() >= 400) failed(response.request(), String(response.status()));
  };
  context.on('console', onConsole);
  context.on('weberror', (error) => {
    push(consoleLines, `uncaught: ${error.error().message}`);
    trouble('console', `uncaught: ${error.error().message}`);
  });
  context.on('requestfailed', onFailed);
  context.on('response', onResponse);
  const watchCrash = (page: Page): void => void page.on('crash', () => (crashed = true));
  context.pages().forEach(watchCrash);
  context.on('page', watchCrash);
  const since = (at: number): RawTrouble[] => troubles.filter((one) => one.at >= at);
  return { console: consoleLines, failedRequests, troubles: since, crashedLately: () => crashed, dialogs: () => dialogs };
}

/** Browsers ask for it by themselves. */
const isIcon = (request: Request): boolean => request.url().endsWith('/favicon.ico');

function push(lines: string[], line: string): void {
  lines.push(line.slice(0, maxLength));
  if (lines.length > keep) lines.shift();
}
