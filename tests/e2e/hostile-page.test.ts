import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporalCli } from '../support/temporal.ts';
import { startProduct, temporaryHome, type Product } from '../support/product.ts';

const home = temporaryHome();
let product: Product;
let server: Server;
let html = '';

beforeAll(async () => {
  server = createServer((_, response) => response.setHeader('content-type', 'text/html').end(html));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  product = await startProduct(home.path);
}, 180_000);

afterAll(async () => {
  await product.stop();
  server.closeAllConnections();
  server.close();
  home.remove();
});

const visit = async (url: string, extra = '') => {
  const { id } = await product.startJob(
    `title: Visit\nsettings: { pauseBetweenSteps: 0, defaultTimeout: 5000 }\nsteps:\n  - action: { type: navigate, url: "${url}" }\n${extra}`,
  );
  await product.until(id, (event) => event.type === 'job.finished');
  return product.job(id);
};
const pageUrl = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

test('a page that a job visits cannot press the buttons of its own job', async () => {
  const { port } = new URL(product.url);
  const targets = [
    `http://127.0.0.1:${port}`,
    `http://localhost:${port}`,
    `http://[::1]:${port}`,
    `http://0.0.0.0:${port}`,
    `http://127.1:${port}`,
  ];
  html = `<!doctype html><title>Hostile</title><p id="out">trying</p><script>
    const tries = ${JSON.stringify(targets)}.map((base) =>
      fetch(base + '/api/jobs', { method: 'POST', mode: 'no-cors', headers: { 'content-type': 'text/plain' }, body: '{}' }).then((r) => base + ' answered ' + r.type, () => base + ' away'));
    Promise.all(tries).then((all) => { out.textContent = 'done ' + all.filter((x) => !x.endsWith('away')).join(', '); });
  </script>`;
  const before = ((await (await product.request('GET', '/api/jobs')).json()) as { counts: { all: number } }).counts.all;
  const job = await visit(
    pageUrl(),
    '  - action: { type: wait, text: done }\n  - action: { type: extract, script: "return out.textContent" }\n    captures: [{ name: seen, strategy: expression, expression: "{{__extracted}}" }]\n',
  );
  expect(job.status).toBe('completed');
  const after = ((await (await product.request('GET', '/api/jobs')).json()) as { counts: { all: number } }).counts.all;
  expect(after).toBe(before + 1);
}, 60_000);

test.each(['api', 'Temporal', 'Temporal Web UI', 'metadata'])(
  'a job cannot open the %s',
  async (what) => {
    const addresses: Record<string, string> = {
      api: product.url,
      Temporal: `http://${product.temporalAddress}`,
      'Temporal Web UI': product.temporalUi,
      metadata: 'http://169.254.169.254/latest/meta-data/',
    };
    const job = await visit(addresses[what]!);
    expect(job.steps[0]?.error).toMatchObject({ code: 'blocked_address' });
  },
  60_000,
);

test.each(['pause', 'cancel'])(
  'the Temporal CLI can %s a job by a signal',
  async (name) => {
    html = '<!doctype html><title>Waiting</title>';
    const { id } = await product.startJob(
      `title: Wait\nsettings: { pauseBetweenSteps: 0 }\nsteps:\n  - action: { type: navigate, url: "${pageUrl()}" }\n  - action: { type: wait, duration: 60000 }\n`,
    );
    await product.until(id, (event) => event.type === 'step.succeeded');
    await signal(id, name);
    await product.until(id, (event) => event.type === (name === 'pause' ? 'job.paused' : 'job.finished'));
    const job = await product.job(id);
    expect(job.status).toBe(name === 'pause' ? 'paused' : 'cancelled');
    expect(job.lastCommand).toMatchObject({ action: name, actor: 'ledger-sync' });
  },
  60_000,
);

async function signal(id: string, name: string): Promise<void> {
  const { execFile } = await import('node:child_process');
  const { promisify } = await import('node:util');
  const args = [
    'workflow',
    'signal',
    '--address',
    product.temporalAddress,
    '--workflow-id',
    id,
    '--name',
    name,
    '--input',
    '{"actor":"ledger-sync"}',
  ];
  await promisify(execFile)(temporalCli(), args);
}
