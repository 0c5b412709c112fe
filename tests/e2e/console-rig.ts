/** The whole product and a real Chromium in front of its dashboard: one start for all tests of a file, a fresh browser profile for each. */
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { chromiumPath, chromiumSandbox } from '../support/chromium.ts';
import { startProduct, temporaryHome, type Product } from '../support/product.ts';
import type { JobDetail } from '../../src/contract/job.ts';
import { countingRunbook, startCountingSite, type CountingSite } from './counting-site.ts';

export type Rig = {
  readonly product: Product;
  readonly site: CountingSite;
  /** addresses that the dashboard asked for and that are not the product's */
  readonly outside: string[];
  /** a profile of its own; closed after the test */
  open(options?: BrowserContextOptions): Promise<BrowserContext>;
  /** one page of a new profile */
  page(options?: BrowserContextOptions): Promise<Page>;
  /** a job of 61 steps, about 200 ms each; resolves when some are done */
  startSlow(): Promise<JobDetail>;
};

const buttons = 20;

/** `env`: settings of the product. */
export function consoleRig(env: Record<string, string> = {}): Rig {
  const home = temporaryHome();
  const outside: string[] = [];
  const contexts: BrowserContext[] = [];
  let product: Product;
  let site: CountingSite;
  let browser: Browser;

  beforeAll(async () => {
    site = await startCountingSite(buttons);
    product = await startProduct(home.path, env);
    browser = await chromium.launch({ executablePath: chromiumPath(), chromiumSandbox: chromiumSandbox() });
  }, 180_000);
  afterEach(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()));
  });
  afterAll(async () => {
    await browser.close();
    await product.stop();
    await site.close();
    home.remove();
  });

  async function open(options: BrowserContextOptions = {}): Promise<BrowserContext> {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
    context.setDefaultTimeout(20_000);
    context.on('request', (request) => {
      if (!request.url().startsWith('http://127.0.0.1:') && !request.url().startsWith('data:')) outside.push(request.url());
    });
    contexts.push(context);
    return context;
  }
  async function startSlow(): Promise<JobDetail> {
    const job = await product.startJob(countingRunbook(site.url, buttons, 200), { requestedBy: 'Ama' });
    await product.until(job.id, (event) => event.type === 'step.succeeded' && event.seq > 6);
    return job;
  }
  return {
    get product() {
      return product;
    },
    get site() {
      return site;
    },
    outside,
    open,
    page: async (options) => (await open(options)).newPage(),
    startSlow,
  };
}

/** The word for the job's status in the header of its page. */
export const statusOf = (page: Page) =>
  page
    .locator('header')
    .getByText(/^(Scheduled|Queued|Running|Waiting for approval|Pausing…|Paused|Completed|Failed|Cancelled)$/)
    .first();
