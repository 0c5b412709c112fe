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
import { searchFor } from './needles.ts';
import { allRows } from './rows.ts';
import { entriesOf } from './zip-entries.ts';

const home = temporaryHome();
/** Told apart, so that a find says which one leaked. With characters that the parts of an address encode differently, and a number that the page groups. */
const canaries = {
  secret: `Kan4ri|Wächt w0ord'/7+x{1}`,
  sensitive: 'sens1tive-9042-value',
  card: '4929123456781234',
  captured: 'captur3d-token-5518',
  firstTurn: 'turn-t0ken-eins-7731',
  secondTurn: 'turn-t0ken-zwei-8842',
};
const { captured, firstTurn, secondTurn } = canaries;
const grouped = canaries.card.replace(/(.{4})(?=.)/g, '$1 ');
/** The card over several elements, as it is served. */
const spread = `<p><b>${canaries.card.slice(0, 8)}</b><i>${canaries.card.slice(8)}</i></p><p>${canaries.card.replace(/./g, '<span>$&</span>')}</p>`;
const html = `<!doctype html><meta charset="utf-8"><title>Sign in</title><form onsubmit="event.preventDefault()">
<label>User <input id="user"></label><label>Password <input id="password" type="password"></label><label>Code <input id="code"></label>
<label>Card <input id="card" oninput="this.value = this.value.replace(/\\D/g, '').replace(/(.{4})(?=.)/g, '$1 ')"></label>
<button id="go" onclick="send()">Sign in</button><a id="file" href="/file">File</a></form><p id="echo"></p><p id="spread"></p><p id="turn"></p>${spread}
<script>const turns = ${JSON.stringify([firstTurn, secondTurn])};
function turn(nth) { document.getElementById('turn').textContent = turns[nth]; document.title = turns[nth]; console.error('no ' + turns[nth]); return turns[nth]; }
function send() {
  const [user, password, code, card] = ['user', 'password', 'code', 'card'].map((id) => document.getElementById(id).value);
  echo.textContent = 'Hello ' + password + ' with ' + code.toUpperCase(); document.title = 'Hello ' + code + ' ' + card;
  spread.innerHTML = card.split(' ').map((part) => '<b>' + part + '</b>').join('');
  const ascii = JSON.stringify(password).replace(/[^ -~]/g, (c) => '\\\\u' + c.charCodeAt(0).toString(16).padStart(4, '0')).replaceAll('/', '\\\\/');
  const entities = password.replace(/[^ A-Za-z0-9]/g, (c) => '&#' + c.charCodeAt(0) + ';');
  const basic = btoa('user:' + password);
  console.error('refused: ' + password, btoa(code), 'Basic ' + basic, ascii, entities, encodeURIComponent(encodeURIComponent(password)), card);
  const query = 'code=' + encodeURIComponent(code) + '&hex=' + [...new TextEncoder().encode(password)].map((c) => c.toString(16)).join('');
  fetch('/missing?' + query + '&p=' + password + '&next=' + encodeURIComponent('/?p=' + encodeURIComponent(password)), { method: 'POST', body: new URLSearchParams({ password }) });
  history.replaceState(null, '', '?code=' + encodeURIComponent(code) + '&token=${captured}&basic=' + encodeURIComponent(basic) + '#' + password);
  alert('Welcome ' + password + ', card ' + card);
}</script>`;

let product: Product;
let server: Server;
let url = '';
const fileName = encodeURIComponent(`for ${canaries.secret} ${grouped}.csv`).replace(
  /['()*]/g,
  (one) => `%${one.charCodeAt(0).toString(16)}`,
);

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === '/file') {
      response.writeHead(200, { 'content-type': 'text/csv', 'content-disposition': `attachment; filename*=UTF-8''${fileName}` });
      return void response.end('a,b\r\n1,2\r\n');
    }
    response.writeHead(request.url?.startsWith('/missing') ? 404 : 200, { 'content-type': 'text/html' });
    response.end(html);
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
settings: { pauseBetweenSteps: 0, defaultTimeout: 8000 }
variables:
  secret: { source: prompt, sensitive: true }
  sensitive: { source: prompt, sensitive: true }
  card: { source: prompt, sensitive: true }
  token: { source: fixed, value: none, sensitive: true }
  turn: { source: fixed, value: none, sensitive: true }
steps:
  - action: { type: navigate, url: "${url}?p={{secret}}" }
  - action: { type: input, selector: { id: user }, value: "{{sensitive}}" }
  - action: { type: input, selector: { id: password }, value: "{{secret}}" }
  - action: { type: input, selector: { id: code }, value: "{{sensitive}}" }
  - action: { type: input, selector: { id: card }, value: "{{card}}" }
  - action: { type: click, selector: { id: go } }
    captures:
      - { name: token, strategy: url, pattern: "token=([a-z0-9-]+)" }
      - { name: line, strategy: expression, expression: "Bearer {{token}}" }
  - action: { type: wait, text: Hello }
    screenshot: failure
  - id: turns
    screenshot: failure
    loop: { forEach: "{{ JSON.stringify([0, 1]) }}", itemVariable: nth }
    steps:
      - action: { type: extract, script: "return turn({{nth}})" }
        captures: [{ name: turn, strategy: expression, expression: "{{__extracted}}" }]
        memoryOperations: [{ type: append, collection: found, fields: { token: "{{token}}", code: "{{sensitive}}" } }]
  - action: { type: download, selector: { id: file } }
  - action: { type: export, exportCollection: found, format: csv, path: "{{card}} found.csv" }
  - action: { type: extract, script: "return turn(0) + turn(1)" }
  - action: { type: click, selector: { id: not-there, innerText: "absent {{secret}}" } }
    retries: 0
    timeout: 1500
`;

const found = searchFor(canaries);
const foundOfTyped = searchFor({ secret: canaries.secret, sensitive: canaries.sensitive, card: canaries.card });

/** What a step captures is secret from then on: a picture from just before may have come from an address with the token in it. */
function foundInStream(messages: string[]): string[] {
  const known = messages.findIndex((message) => message.includes('"step.succeeded"') && message.includes('"name":"token"'));
  expect(known).toBeGreaterThan(0);
  return messages.flatMap((message, nth) => {
    const early = nth < known && message.startsWith('event: screenshot');
    const leaks = (early ? foundOfTyped : found)(Buffer.from(message, 'latin1'));
    return leaks.map((what) => `${what} in message ${nth}, ${nth < known ? 'before' : 'after'} the capture: ${message.slice(0, 600)}`);
  });
}

const largest = 200_000_000;
/** One that is too large to be searched is no clean one. */
const foundIn = (path: string): string[] =>
  statSync(path).size < largest ? found(readFileSync(path)) : ['it is too large to be searched'];

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesIn(path);
    return entry.isFile() ? [path] : [];
  });
}

test('no secret is in anything that a job sends or leaves', async () => {
  const started = await product.startJob(runbook(), {
    secrets: { secret: canaries.secret, sensitive: canaries.sensitive, card: canaries.card },
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
  const statuses = job.steps.map(({ status }) => status);
  expect([new Set(statuses.slice(0, -1)), statuses.at(-1)]).toEqual([new Set(['succeeded']), 'failed']);
  watching.abort();
  await reading;
  expect(Buffer.concat(sent).includes('event: screenshot')).toBe(true);
  expect(foundInStream(Buffer.concat(sent).toString('latin1').split('\n\n'))).toEqual([]);

  const read = async (path: string): Promise<Buffer> => Buffer.from(await (await product.request('GET', path)).arrayBuffer());
  const base = `/api/jobs/${started.id}`;
  for (const path of [base, `${base}/report`, `${base}/report.html`, `${base}/artifacts`, `/api/jobs?q=Canaries`])
    expect({ path, found: found(await read(path)) }).toEqual({ path, found: [] });

  const { artifacts } = (await (await product.request('GET', `${base}/artifacts`)).json()) as { artifacts: Artifact[] };
  expect([...new Set(artifacts.map(({ kind }) => kind))].sort()).toEqual([
    'download',
    'export',
    'screenshot',
    'snapshot',
    'trace',
    'video',
  ]);
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
  for (const { table, rows } of await allRows(home.path)) expect({ table, found: found(rows) }).toEqual({ table, found: [] });
  // logs, databases, ledgers, checkpoints, leftovers: whatever lies in the folder
  const leaks = filesIn(home.path).flatMap((path) => foundIn(path).map((what) => `${path}: ${what}`));
  expect(leaks).toEqual([]);
}, 180_000);

test('the search finds a canary however it is written', () => {
  const written = [
    "/Kan4ri|W%c3%a4cht%20w0ord'/7+x%7b1%7d",
    "Kan4ri|W\\u00e4cht w0ord'\\/7+x{1}",
    '?p=Kan4ri|W%C3%A4cht%20w0ord%27/7+x{1}',
    "Kan4ri%7CW%e4cht%20w0ord'/7+x%7B1%7D",
  ];
  const wide = Buffer.from(canaries.secret, 'utf16le');
  const encoded = [btoa(`user:${canaries.secret}`), wide.toString('base64'), wide.toString('hex')];
  for (const text of [...written, ...encoded, spread, grouped, encodeURIComponent(encodeURIComponent(canaries.secret))])
    expect([text, found(Buffer.from(`<${text}>`))]).not.toEqual([text, []]);
  expect(found(Buffer.from('Kan4ri'))).toEqual([]);
});
