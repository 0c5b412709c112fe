/** Canaries: a secret in every place that can carry one, and then a search through everything that was stored or sent. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Artifact } from '../../src/contract/artifact.ts';
import { temporalCli } from '../support/temporal.ts';
import { startProduct, temporaryHome, type Product } from '../support/product.ts';
import { entriesOf } from './zip-entries.ts';

const home = temporaryHome();
/** told apart, so that a find says which one leaked */
const canaries = { secret: 'Kan4ri-Wachtwoord/7+x', sensitive: 'sens1tive-9042-value', captured: 'captur3d-token-5518' };
const html = (captured: string): string => `<!doctype html><title>Sign in</title><form onsubmit="event.preventDefault()">
<label>User <input id="user"></label><label>Password <input id="password" type="password"></label><label>Code <input id="code"></label>
<button id="go" onclick="send()">Sign in</button></form><p id="echo"></p><p id="token">token: ${captured}</p>
<script>function send() {
  const [user, password, code] = ['user', 'password', 'code'].map((id) => document.getElementById(id).value);
  echo.textContent = 'Hello ' + password + ' with ' + code; document.title = 'Hello ' + code;
  console.error('refused: ' + password, btoa(code));
  fetch('/missing?code=' + encodeURIComponent(code) + '&hex=' + [...password].map((c) => c.charCodeAt(0).toString(16)).join(''), { method: 'POST', body: new URLSearchParams({ password }) });
  history.replaceState(null, '', '?code=' + encodeURIComponent(code));
}</script>`;

let product: Product;
let server: Server;
let url = '';

beforeAll(async () => {
  server = createServer((request, response) => {
    response.writeHead(request.url?.startsWith('/missing') ? 404 : 200, { 'content-type': 'text/html' });
    response.end(html(canaries.captured));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  product = await startProduct(home.path);
}, 180_000);

afterAll(async () => {
  await product.stop();
  server.closeAllConnections();
  server.close();
  home.remove();
});

const runbook = (): string => `title: Canaries
settings: { pauseBetweenSteps: 0, defaultTimeout: 4000 }
variables:
  secret: { source: prompt, sensitive: true }
  sensitive: { source: prompt, sensitive: true }
  token: { source: fixed, value: none, sensitive: true }
steps:
  - action: { type: navigate, url: "${url}" }
  - action: { type: input, selector: { id: user }, value: "{{sensitive}}" }
  - action: { type: input, selector: { id: password }, value: "{{secret}}" }
  - action: { type: input, selector: { id: code }, value: "{{sensitive}}" }
  - action: { type: click, selector: { id: go } }
  - action: { type: wait, text: Hello }
  - action: { type: extract, script: "return document.getElementById('token').textContent.slice(7)" }
    captures: [{ name: token, strategy: expression, expression: "{{__extracted}}" }]
    memoryOperations: [{ type: append, collection: found, fields: { token: "{{token}}", code: "{{sensitive}}" } }]
  - action: { type: export, exportCollection: found, format: csv, path: found.csv }
  - action: { type: click, selector: { id: not-there, innerText: "absent {{secret}}" } }
    retries: 0
    timeout: 1500
`;

const isDigits = (text: string): boolean => /^[0-9a-f]+$/i.test(text);

/** As a canary might stand in bytes: plain, in URLs, base64 at its three places, hex. */
function formsOf(value: string): string[] {
  const bytes = Buffer.from(value);
  const base64 = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    return text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
  });
  const forms = [
    value,
    encodeURIComponent(value),
    new URLSearchParams({ v: value }).toString().slice(2),
    ...base64,
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
  ];
  expect(forms.filter(isDigits)).toHaveLength(2);
  return [...new Set(forms)];
}

const needles = Object.entries(canaries).flatMap(([name, value]) => formsOf(value).map((form) => ({ name, form })));
const found = (bytes: Buffer): string[] => needles.filter(({ form }) => bytes.includes(form)).map(({ name, form }) => `${name} as ${form}`);

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesIn(path);
    return entry.isFile() ? [path] : [];
  });
}

test('no secret is in anything that a job sends or leaves', async () => {
  const started = await product.startJob(runbook(), {
    secrets: { secret: canaries.secret, sensitive: canaries.sensitive },
    options: { video: true, trace: true, screenshots: 'always' },
  });
  const watching = new AbortController();
  const stream = await fetch(`${product.url}/api/jobs/${started.id}/events?live=1`, { signal: watching.signal });
  const sent: Buffer[] = [];
  const reading = (async () => {
    for await (const chunk of stream.body ?? []) sent.push(Buffer.from(chunk as Uint8Array));
  })().catch(() => undefined);
  await product.until(started.id, (event) => event.type === 'job.finished');
  const job = await product.job(started.id);
  expect(job.steps.map(({ status }) => status)).toEqual([...Array<string>(8).fill('succeeded'), 'failed']);
  watching.abort();
  await reading;
  expect(Buffer.concat(sent).includes('event: screenshot')).toBe(true);
  expect(found(Buffer.concat(sent))).toEqual([]);

  const read = async (path: string): Promise<Buffer> => Buffer.from(await (await product.request('GET', path)).arrayBuffer());
  const base = `/api/jobs/${started.id}`;
  for (const path of [base, `${base}/report`, `${base}/report.html`, `${base}/artifacts`, `/api/jobs?q=Canaries`])
    expect({ path, found: found(await read(path)) }).toEqual({ path, found: [] });

  const { artifacts } = (await (await product.request('GET', `${base}/artifacts`)).json()) as { artifacts: Artifact[] };
  expect([...new Set(artifacts.map(({ kind }) => kind))].sort()).toEqual(['export', 'screenshot', 'snapshot', 'trace', 'video']);
  for (const { id, name, kind } of artifacts) {
    const bytes = await read(`${base}/artifacts/${id}`);
    const inside = kind === 'trace' ? await entriesOf(bytes) : [];
    if (kind === 'trace') expect(inside.length).toBeGreaterThan(1);
    expect({ name, found: [bytes, ...inside].flatMap(found) }).toEqual({ name, found: [] });
  }
  for (const entry of await entriesOf(await read(`${base}/artifacts.zip`))) expect(found(entry)).toEqual([]);

  const history = execFileSync(
    temporalCli(),
    ['workflow', 'show', '--workflow-id', started.id, '--output', 'json', '--address', product.temporalAddress],
    { maxBuffer: 100_000_000 },
  );
  expect(found(history)).toEqual([]);
  expect(found(Buffer.from(product.output.join('\n')))).toEqual([]);
  // logs, databases, ledgers, checkpoints, leftovers: whatever lies in the folder
  const leaks = filesIn(home.path).flatMap((path) =>
    statSync(path).size < 200_000_000 ? found(readFileSync(path)).map((what) => `${path}: ${what}`) : [],
  );
  expect(leaks).toEqual([]);
}, 180_000);
