/** The browsers that this worker is attached to, one per job. Their life is the host's; here is only the way in. */
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright';
import { createLiveRedactor, type LiveRedactor } from '../domain/redact.ts';
import { blankViewport } from '../host/protocol.ts';
import { watchPage, type Evidence } from './evidence.ts';
import { createBlank, type Blank } from './blank.ts';
import { StepFailure } from './step-failure.ts';
import { createTabs, newestPage, type Tabs } from './tabs.ts';

export type Attached = {
  /** where steps act: the newest tab or window that is still open. @throws StepFailure `browser_crashed` when there is none */
  page(): Page;
  tabs: Tabs;
  /** the job's own cookies, storages and pages */
  context: BrowserContext;
  evidence: Evidence;
  blank: Blank;
  /** masks every sensitive value that a step here has known: what pages and the evidence hold may be older than the step that is told of */
  redact: LiveRedactor;
  /** aborted when the connection is gone */
  gone: AbortSignal;
};

export type Pages = {
  attach(jobId: string, endpoint: string): Promise<Attached>;
  /** the attached browser of a job, if there is one */
  current(jobId: string): Promise<Attached | undefined>;
  drop(jobId: string): void;
};

export class BrowserGone extends Error {}

export function createPages(): Pages {
  const known = new Map<string, { endpoint: string; attached: Promise<Attached> }>();
  return {
    attach(jobId, endpoint) {
      const have = known.get(jobId);
      if (have?.endpoint === endpoint) return have.attached;
      const forget = (): void => {
        if (known.get(jobId)?.attached === attached) known.delete(jobId);
      };
      const attached: Promise<Attached> = connect(endpoint, forget);
      known.set(jobId, { endpoint, attached });
      attached.catch(forget);
      return attached;
    },
    current: async (jobId) => known.get(jobId)?.attached.catch(() => undefined),
    drop: (jobId) => void known.delete(jobId),
  };
}

async function connect(endpoint: string, forget: () => void): Promise<Attached> {
  const browser = await chromium.connect(endpoint, { timeout: 10_000 });
  const gone = new AbortController();
  browser.on('disconnected', () => {
    forget();
    gone.abort(new BrowserGone('the connection to the browser is gone'));
  });
  const work = workContext(browser);
  const blank = browser
    .contexts()
    .filter((context) => context !== work)
    .at(-1);
  return {
    page: () => openPage(work),
    tabs: createTabs(browser, work),
    context: work,
    evidence: watchPage(work),
    blank: createBlank(browser, blank),
    redact: createLiveRedactor(),
    gone: gone.signal,
  };
}

/** The host makes two contexts: the job's own, and the blank page's, which its size gives away. */
function workContext(browser: Browser): BrowserContext {
  const work = browser.contexts().find((context) => context.pages()[0]?.viewportSize()?.width !== blankViewport.width);
  if (!work) throw new Error('the browser has no work context: the host opens one for each job');
  return work;
}

function openPage(work: BrowserContext): Page {
  const page = newestPage(work);
  if (!page) throw new StepFailure('browser_crashed', "The job's browser has no open page any more: the last one was closed.");
  return page;
}
