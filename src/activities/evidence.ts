/** What went wrong inside a page lately: console errors and failed requests. Bounded; kept by the worker, so a new worker starts empty. */
import type { BrowserContext, ConsoleMessage, Page, Request, Response } from 'playwright';

const keep = 20;
/** Lines are masked and cut shorter where they are reported: a secret cut in two would not be recognised. */
const maxLength = 65_536;

export type Evidence = {
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
  let crashed = false;
  let dialogs = 0;
  // only listens: an answer from here would come between the host and its own
  context.on('dialog', () => (dialogs += 1));
  const onConsole = (message: ConsoleMessage): void => {
    if (message.type() === 'error' || message.type() === 'warning') push(consoleLines, `${message.type()}: ${message.text()}`);
  };
  const onFailed = (request: Request): void =>
    push(failedRequests, `${request.method()} ${request.url()}: ${request.failure()?.errorText ?? 'failed'}`);
  const onResponse = (response: Response): void => {
    if (response.status() >= 400) push(failedRequests, `${response.request().method()} ${response.url()}: ${response.status()}`);
  };
  context.on('console', onConsole);
  context.on('weberror', (error) => push(consoleLines, `uncaught: ${error.error().message}`));
  context.on('requestfailed', onFailed);
  context.on('response', onResponse);
  const watchCrash = (page: Page): void => void page.on('crash', () => (crashed = true));
  context.pages().forEach(watchCrash);
  context.on('page', watchCrash);
  return { console: consoleLines, failedRequests, crashedLately: () => crashed, dialogs: () => dialogs };
}

function push(lines: string[], line: string): void {
  lines.push(line.slice(0, maxLength));
  if (lines.length > keep) lines.shift();
}
