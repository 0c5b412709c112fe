/**
 * How late is the live picture? From a change in the page until an SSE client has the picture of it, beside a plain script's own screencast of the same page, in turns
 * of ten seconds. Fails when the product is more than five times as late as the script. Usage: npm run bench:live-latency [-- <rounds, default 3>]
 */
import { chromium } from 'playwright';
import { startProduct, temporaryHome, type Product } from '../tests/support/product.ts';
import { chromiumPath, chromiumSandbox } from '../tests/support/chromium.ts';
import { look, readFrames, startSite, stayingOn, type Site } from './live-page.ts';

const mostRatio = 5;
const turnMs = 10_000;
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

type Seen = { at: number; receivedAt: number };

/** Of each change, how long until the first picture that was painted after it had come. */
function delays(changes: readonly number[], frames: readonly Seen[]): number[] {
  return changes.flatMap((changed) => {
    const shown = frames.find(({ at, receivedAt }) => at >= changed - 1 && receivedAt >= changed);
    return shown && shown.receivedAt - changed < 600 ? [shown.receivedAt - changed] : [];
  });
}

async function product(running: Product, site: Site): Promise<number[]> {
  const { id } = await running.startJob(stayingOn(`${site.url}/changing`, turnMs / 1_000 + 3), { options: { screenshots: 'never' } });
  await running.until(id, (event) => event.type === 'step.succeeded');
  const frames: Seen[] = [];
  const viewer = await look(`${running.url}/api/jobs/${id}/events?live=1`);
  readFrames(viewer, (seen) => frames.push(seen));
  await sleep(1_000);
  const from = site.changes.length;
  await sleep(turnMs);
  viewer.leave();
  const found = delays(site.changes.slice(from, -1), frames);
  await running.until(id, (event) => event.type === 'job.finished');
  return found;
}

async function script(site: Site): Promise<number[]> {
  const browser = await chromium.launch({ executablePath: chromiumPath() ?? '', chromiumSandbox: chromiumSandbox() });
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
  await page.goto(`${site.url}/changing`);
  const cdp = await page.context().newCDPSession(page);
  const frames: Seen[] = [];
  cdp.on('Page.screencastFrame', ({ sessionId, metadata }) => {
    frames.push({ at: (metadata.timestamp ?? 0) * 1_000, receivedAt: performance.timeOrigin + performance.now() });
    void cdp.send('Page.screencastFrameAck', { sessionId });
  });
  await cdp.send('Page.startScreencast', { format: 'jpeg', quality: 60 });
  await sleep(1_000);
  const from = site.changes.length;
  await sleep(turnMs);
  const found = delays(site.changes.slice(from, -1), frames);
  await browser.close();
  return found;
}

const share = (part: number, values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))] ?? NaN;
const line = (what: string, values: readonly number[]): void =>
  console.log(
    `${what.padEnd(44)} p50 ${share(0.5, values).toFixed(0).padStart(4)} ms   p95 ${share(0.95, values).toFixed(0).padStart(4)} ms   (${values.length} changes)`,
  );

const rounds = Number(process.argv[2] ?? 3);
const site = await startSite();
const home = temporaryHome();
const running = await startProduct(home.path);
const [ours, plain]: [number[], number[]] = [[], []];
try {
  for (let round = 0; round < rounds; round += 1) {
    ours.push(...(await product(running, site)));
    plain.push(...(await script(site)));
  }
} finally {
  await running.stop();
  site.close();
  home.remove();
}
line('change in the page → a script’s own screencast', plain);
line('change in the page → picture at an SSE client', ours);
const ratio = share(0.5, ours) / share(0.5, plain);
console.log(`ratio ${ratio.toFixed(2)} (at most ${mostRatio})`);
if (!(ratio <= mostRatio)) process.exitCode = 1;
