/**
 * What does a crowd cost? Two hundred viewers of one job whose page never stands still, every second of them deaf: memory of the api and of the browser host, and how
 * many pictures come, beside those that a single viewer got before. Fails when memory in the last third is more than 1.25 times that of the first third, or a viewer
 * of a crowd gets less than half of the pictures of one alone. Usage: npm run bench:live-crowd [-- <seconds, default 60>]
 */
import { readFileSync } from 'node:fs';
import { startProduct, temporaryHome, type Product } from '../tests/support/product.ts';
import { look, readFrames, startSite, stayingOn, type Looking } from './live-page.ts';

const viewers = 200;
const aloneSeconds = 10;
const mostGrowth = 1.25;
const leastShare = 0.5;
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const parts = ['api', 'host', 'worker'] as const;
type Part = (typeof parts)[number];
type Sample = Record<Part, { mb: number; cpuMs: number }>;

function sample(product: Product): Sample {
  const of = (part: Part) => {
    const pid = product.pid(part);
    const rss = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return { mb: Number(rss) / 1_024, cpuMs: (Number(stat[11]) + Number(stat[12])) * 10 };
  };
  return { api: of('api'), host: of('host'), worker: of('worker') };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

async function open(product: Product, id: string, count: number): Promise<Looking[]> {
  const all: Looking[] = [];
  for (let n = 0; n < count; n += 1) all.push(await look(`${product.url}/api/jobs/${id}/events?live=1`));
  return all;
}

const seconds = Number(process.argv[2] ?? 60);
const site = await startSite();
const home = temporaryHome();
const product = await startProduct(home.path);
const samples: Sample[] = [];
let crowd = 0;
const alone: number[] = [];
try {
  const total = seconds + aloneSeconds + 30;
  const { id } = await product.startJob(stayingOn(`${site.url}/animated`, total), { options: { screenshots: 'never' } });
  await product.until(id, (event) => event.type === 'step.succeeded');
  const [first] = await open(product, id, 1);
  let seen = 0;
  if (first) readFrames(first, () => (seen += 1));
  await sleep(aloneSeconds * 1_000);
  alone.push(seen / aloneSeconds);
  const all = await open(product, id, viewers);
  const [one, ...others] = all;
  if (one) readFrames(one, () => (crowd += 1));
  // the others of those who read do no more than read; a deaf one has its connection and never asks for a byte
  others.forEach(({ response }, n) => void (n % 2 === 0 ? response.pause() : response.resume()));
  await sleep(2_000);
  crowd = 0;
  for (let second = 0; second < seconds; second += 1) {
    samples.push(sample(product));
    await sleep(1_000);
  }
  for (const viewer of first ? [first, ...all] : all) viewer.leave();
  await product.request('POST', `/api/jobs/${id}/cancel`, {});
} finally {
  await product.stop();
  site.close();
  home.remove();
}
const third = Math.floor(samples.length / 3);
console.log(`${viewers} viewers, half of them deaf, ${seconds} s, a page that never stands still`);
for (const part of parts) {
  const mb = samples.map((one) => one[part].mb);
  const growth = mean(mb.slice(-third)) / mean(mb.slice(0, third));
  const cpu = ((samples.at(-1)?.[part].cpuMs ?? 0) - (samples[0]?.[part].cpuMs ?? 0)) / (seconds * 10);
  console.log(
    `${part.padEnd(8)} ${mean(mb.slice(0, third)).toFixed(0).padStart(5)} MB → ${mean(mb.slice(-third)).toFixed(0).padStart(5)} MB   ratio ${growth.toFixed(2)} (at most ${mostGrowth})   most ${Math.max(...mb).toFixed(0)} MB   ${cpu.toFixed(0)} % of a core`,
  );
  if (!(growth <= mostGrowth)) process.exitCode = 1;
}
const kept = crowd / seconds / mean(alone);
console.log(
  `pictures a second: alone ${mean(alone).toFixed(1)}, in the crowd ${(crowd / seconds).toFixed(1)}   ratio ${kept.toFixed(2)} (at least ${leastShare})`,
);
if (!(kept >= leastShare)) process.exitCode = 1;
