/** Twenty steps on a page of our own, and a product that carries them out as a job: what several measurements share. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startProduct, temporaryHome } from '../tests/support/product.ts';

export const fields = ['first', 'last', 'street', 'city', 'code', 'mail', 'phone', 'note'];
export const lists = ['country', 'size', 'colour'];
export const buttons = ['check', 'add', 'more', 'less', 'save', 'done'];

export const html = `<!doctype html><title>Flow</title>
${fields.map((id) => `<label>${id} <input id="${id}"></label>`).join('')}
${lists.map((id) => `<select id="${id}"><option value="a">A</option><option value="b">B</option></select>`).join('')}
${buttons.map((id) => `<button id="${id}" onclick="count.textContent = Number(count.textContent) + 1">${id}</button>`).join('')}
<output id="count">0</output>`;

export const runbook = (url: string): string =>
  [
    'title: Twenty steps',
    'settings: { pauseBetweenSteps: 0 }',
    'steps:',
    `  - action: { type: navigate, url: "${url}" }`,
    ...fields.map((id) => `  - action: { type: input, selector: { id: ${id} }, value: "value of ${id}" }`),
    ...lists.map((id) => `  - action: { type: select, selector: { id: ${id} }, value: b }`),
    ...buttons.map((id) => `  - action: { type: click, selector: { id: ${id} } }`),
    ...['Number(count.textContent)', 'document.title'].map((script) => `  - action: { type: extract, script: "return ${script}" }`),
  ].join('\n');

export const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

type Run = { options: Record<string, unknown>; watched: boolean };
/** `run` gives the ms from the beginning of the first step to the end of the last. @throws Error when the job does not complete */
export type Flow = { run(run: Run): Promise<number>; stop(): Promise<void> };

export async function startFlow(): Promise<Flow> {
  const server = createServer((_, response) => response.setHeader('content-type', 'text/html').end(html));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const home = temporaryHome();
  const product = await startProduct(home.path);
  return {
    async run({ options, watched }) {
      const { id } = await product.startJob(runbook(url), { options });
      const over = new AbortController();
      if (watched) void watch(`${product.url}/api/jobs/${id}/events?live=1`, over.signal);
      await product.until(id, (event) => event.type === 'job.finished');
      over.abort();
      const { status, steps } = await product.job(id);
      if (status !== 'completed') throw new Error(`the job ended ${status}: ${JSON.stringify(steps.find((step) => step.error)?.error)}`);
      return Date.parse(steps.at(-1)?.finishedAt ?? '') - Date.parse(steps[0]?.startedAt ?? '');
    },
    async stop() {
      await product.stop();
      server.close();
      home.remove();
    },
  };
}

/** Reads and forgets. */
async function watch(url: string, signal: AbortSignal): Promise<void> {
  const stream = await fetch(url, { signal }).catch(() => undefined);
  const reader = stream?.body?.getReader();
  while (reader && !(await reader.read().catch(() => ({ done: true }))).done);
}
