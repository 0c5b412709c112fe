/**
 * What does a job cost beside a plain script? The same 20 steps as a raw Playwright script and as a job, interleaved, on the same page and browser.
 * Prints both medians and their ratio. Usage: npm run bench:step-overhead [-- <rounds, default 9>]
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium, type Page } from 'playwright';
import { findChromium } from '../bin/setup/chromium-executable.js';
import { startProduct, temporaryHome, type Product } from '../tests/support/product.ts';
import { buttons, fields, html, lists, median, runbook } from './flow.ts';

async function rawSteps(page: Page, url: string): Promise<void> {
  await page.goto(url);
  for (const id of fields) await page.fill(`#${id}`, `value of ${id}`);
  for (const id of lists) await page.selectOption(`#${id}`, 'b');
  for (const id of buttons) await page.click(`#${id}`);
  await page.evaluate('Number(count.textContent)');
  await page.evaluate('document.title');
}

type Times = { steps: number; whole: number };

async function raw(url: string): Promise<Times> {
  const began = performance.now();
  const browser = await chromium.launch({ executablePath: findChromium() ?? undefined, chromiumSandbox: process.getuid?.() !== 0 });
  const page = await (await browser.newContext()).newPage();
  const first = performance.now();
  await rawSteps(page, url);
  const last = performance.now();
  await browser.close();
  return { steps: last - first, whole: performance.now() - began };
}

async function asJob(product: Product, url: string): Promise<Times> {
  const began = performance.now();
  const { id } = await product.startJob(runbook(url));
  await product.until(id, (event) => event.type === 'job.finished');
  const whole = performance.now() - began;
  const job = await product.job(id);
  if (job.status !== 'completed')
    throw new Error(`the job ended ${job.status}: ${JSON.stringify(job.steps.find((step) => step.error)?.error)}`);
  const [first, last] = [job.steps[0]?.startedAt, job.steps.at(-1)?.finishedAt];
  return { steps: Date.parse(last ?? '') - Date.parse(first ?? ''), whole };
}

function report(what: string, rawTimes: number[], jobTimes: number[]): void {
  const [a, b] = [median(rawTimes), median(jobTimes)];
  console.log(`${what.padEnd(34)} raw ${a.toFixed(0).padStart(5)} ms   job ${b.toFixed(0).padStart(5)} ms   ratio ${(b / a).toFixed(2)}`);
}

async function main(): Promise<void> {
  const rounds = Number(process.argv[2] ?? 9);
  const server = createServer((_, response) => response.setHeader('content-type', 'text/html').end(html));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const home = temporaryHome();
  const product = await startProduct(home.path);
  const times: { raw: Times[]; job: Times[] } = { raw: [], job: [] };
  try {
    for (let round = 0; round <= rounds; round += 1) {
      const pair = { raw: await raw(url), job: await asJob(product, url) };
      // the first round warms both up
      if (round === 0) continue;
      times.raw.push(pair.raw);
      times.job.push(pair.job);
    }
  } finally {
    await product.stop();
    server.close();
    home.remove();
  }
  console.log(`20 steps, ${rounds} rounds, interleaved`);
  report(
    'first step begins → last step ends',
    times.raw.map((t) => t.steps),
    times.job.map((t) => t.steps),
  );
  report(
    'asked for → all over',
    times.raw.map((t) => t.whole),
    times.job.map((t) => t.whole),
  );
}

await main();
