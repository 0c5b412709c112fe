/**
 * How soon does a command show? Pause and resume through the api until an SSE client sees them, beside the latency of the raw Update, interleaved on the same
 * job; then pause during a long wait until it rests, and cancel until the browser is gone. Fails when the api is more than twice as slow as the raw Update, or
 * when a limit that people were promised is broken (pause 1 s, cancel 2 s). Usage: npm run bench:control-latency [-- <rounds, default 15>]
 */
import { Client, Connection } from '@temporalio/client';
import type { JobEvent } from '../src/contract/event.ts';
import { startProduct, temporaryHome, type Product } from '../tests/support/product.ts';

const runbook = `title: Wait
settings: { pauseBetweenSteps: 0 }
steps:
  - { description: Wait for ten minutes, timeout: 700000, action: { type: wait, duration: 600000 } }
`;
const mostRatio = 2;
const mostPauseMs = 1_000;
const mostCancelMs = 2_000;

type Watch = { next(type: JobEvent['type']): Promise<number> };

/** An SSE client of one job. `next` resolves with the moment (ms) at which an event of the type arrives from now on. */
async function watch(product: Product, jobId: string): Promise<Watch> {
  const response = await product.request('GET', `/api/jobs/${jobId}/events`);
  const waiting = new Map<string, (at: number) => void>();
  const read = async (): Promise<void> => {
    let rest = '';
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const at = performance.now();
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines.filter((text) => text.startsWith('data:'))) {
        const { event } = JSON.parse(line.slice(5)) as { event?: JobEvent };
        if (event) waiting.get(event.type)?.(at);
      }
    }
  };
  void read().catch(() => undefined);
  return { next: (type) => new Promise((resolve) => waiting.set(type, resolve)) };
}

type Times = Record<'shown' | 'raw' | 'rests' | 'gone', number[]>;

async function round(product: Product, client: Client, times: Times): Promise<void> {
  const { id } = await product.startJob(runbook);
  await product.until(id, (event) => event.type === 'job.started');
  const seen = await watch(product, id);
  const press = async (action: 'pause' | 'resume', shown: JobEvent['type']): Promise<number> => {
    const arrives = seen.next(shown);
    const began = performance.now();
    const answer = await product.request('POST', `/api/jobs/${id}/${action}`, {});
    if (!answer.ok) throw new Error(`${action}: ${answer.status} ${await answer.text()}`);
    return (await arrives) - began;
  };
  const update = async (action: 'pause' | 'resume'): Promise<number> => {
    const began = performance.now();
    await client.workflow.getHandle(id).executeUpdate(action, { args: [{ action, actor: 'bench' }] });
    return performance.now() - began;
  };
  const rests = seen.next('job.paused');
  const began = performance.now();
  times.shown.push(await press('pause', 'job.pausing'));
  times.rests.push((await rests) - began);
  times.shown.push(await press('resume', 'job.resumed'));
  const restsAgain = seen.next('job.paused');
  times.raw.push(await update('pause'));
  await restsAgain;
  times.raw.push(await update('resume'));
  times.gone.push(await cancel(product, id));
}

async function cancel(product: Product, id: string): Promise<number> {
  const began = performance.now();
  await product.request('POST', `/api/jobs/${id}/cancel`, {});
  for (;;) {
    const system = (await (await product.request('GET', '/api/system')).json()) as { browsers: { used: number } };
    if (system.browsers.used === 0) return performance.now() - began;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const at = (share: number, values: number[]): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? NaN;
const line = (what: string, values: number[]): void =>
  console.log(`${what.padEnd(48)} p50 ${at(0.5, values).toFixed(0).padStart(5)} ms   p95 ${at(0.95, values).toFixed(0).padStart(5)} ms`);

async function main(): Promise<void> {
  const rounds = Number(process.argv[2] ?? 15);
  const home = temporaryHome();
  const product = await startProduct(home.path);
  const client = new Client({ connection: await Connection.connect({ address: product.temporalAddress }) });
  const times: Times = { shown: [], raw: [], rests: [], gone: [] };
  try {
    await round(product, client, { shown: [], raw: [], rests: [], gone: [] });
    for (let nth = 0; nth < rounds; nth += 1) await round(product, client, times);
  } finally {
    await client.connection.close();
    await product.stop();
    home.remove();
  }
  line('raw Update, answered', times.raw);
  line('pressed in the api → seen by an SSE client', times.shown);
  line('pause pressed during a long wait → paused', times.rests);
  line('cancel pressed → browser gone', times.gone);
  const ratio = at(0.5, times.shown) / at(0.5, times.raw);
  console.log(`seen beside raw: ratio ${ratio.toFixed(2)} (at most ${mostRatio})`);
  if (ratio > mostRatio || at(0.95, times.rests) > mostPauseMs || at(0.95, times.gone) > mostCancelMs) process.exitCode = 1;
}

await main();
