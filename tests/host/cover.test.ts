import { chromium, type Page } from 'playwright';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { HostLiveMessage } from '../../src/host/protocol.ts';
import { findChromium } from '../../src/host/chromium.ts';
import { attachPages, sandbox, site, testHost, type TestHost } from './harness.ts';
import { coloursOf, isBlack, type Place } from './pictures.ts';

const secret = 'canary-Xq7-secret';
const html = `<!doctype html><title>Form</title><style>body { background: #fff; font: 20px sans-serif } input, textarea { width: 300px }</style>
<p id="echo">nothing yet</p><input id="user" style="background: transparent"><input id="password" type="password"><textarea id="note"></textarea>
<div id="rich" contenteditable style="width: 300px; height: 40px; background: #eee"></div><div id="host"></div><p id="out"></p>`;

type Covered = { host: TestHost; page: Page; url: string; shot: () => Promise<string>; isCovered: (selector: string) => Promise<boolean> };

async function open(body = html, values = [{ name: 'secret', value: secret, sensitive: true }]): Promise<Covered> {
  const host = await testHost();
  const { url, port } = await site({ '/': body, '/inner': `<body style="background:#fff"><input id="inner" value=""><p id="text">…</p>` });
  const { epoch } = await host.client.call('attach', {});
  const { endpoint } = await host.client.call('open', { jobId: 'job', epoch, values });
  const { page } = await attachPages(endpoint);
  await page.goto(`http://127.0.0.1:${port}/`);
  const eyes = await chromium.launch({ executablePath: findChromium(null, process.env['PATH'] ?? ''), chromiumSandbox: sandbox });
  onTestFinished(() => eyes.close());
  const looking = await eyes.newPage();
  const shot = async (): Promise<string> => (await host.client.call('picture', { jobId: 'job', epoch })).picture?.jpeg ?? '';
  const isCovered = async (selector: string): Promise<boolean> => {
    const box = (await page.locator(selector).boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    const places: Place[] = [0.05, 0.2, 0.35].map((part) => ({ x: box.x + Math.min(box.width * part, 60), y: box.y + box.height / 2 }));
    return (await coloursOf(looking, await shot(), places)).every(isBlack);
  };
  return { host, page, url, shot, isCovered };
}

test.each(['#user', '#password', '#note', '#rich'])(
  'the field %s that holds a secret is black in pictures, and not any more when it is empty',
  async (selector) => {
    const { page, isCovered } = await open();
    expect(await isCovered(selector)).toBe(false);
    await page.fill(selector, secret);
    expect(await isCovered(selector)).toBe(true);
    await page.fill(selector, '');
    expect(await isCovered(selector)).toBe(false);
  },
);

test('a text that shows a secret is black, the words beside it are not', async () => {
  const { page, isCovered } = await open();
  await page.evaluate(
    (text) => (document.querySelector('#echo')!.innerHTML = `<b>plain words here</b><br><i id="shown">${text}</i>`),
    secret,
  );
  expect(await isCovered('#shown')).toBe(true);
  expect(await isCovered('#echo b')).toBe(false);
});

test('fields in shadow roots and frames are covered, too', async () => {
  const { page, isCovered, url } = await open();
  await page.evaluate(
    (inner) => {
      document.querySelector('#host')!.attachShadow({ mode: 'open' }).innerHTML = '<input id="deep">';
      document.body.insertAdjacentHTML('beforeend', `<iframe src="${inner}" width="400" height="90"></iframe>`);
    },
    `${url.replace('127.0.0.1', 'localhost')}/inner`,
  );
  await page.fill('#deep', secret);
  await page.frameLocator('iframe').locator('#inner').fill(secret);
  expect(await isCovered('#deep')).toBe(true);
  const frame = await page.locator('iframe').boundingBox();
  const inner = await page.frameLocator('iframe').locator('#inner').boundingBox();
  expect(frame && inner).toBeTruthy();
});

test('no live frame shows a secret that was typed', async () => {
  const { host, page } = await open();
  const eyes = await chromium.launch({ executablePath: findChromium(null, process.env['PATH'] ?? ''), chromiumSandbox: sandbox });
  onTestFinished(() => eyes.close());
  const looking = await eyes.newPage();
  const frames: string[] = [];
  const over = new AbortController();
  const watching = host.client.watch(
    'job',
    (message: HostLiveMessage) => message.type === 'frame' && frames.push(message.jpeg),
    over.signal,
  );
  await vi.waitFor(() => expect(frames.length).toBeGreaterThan(0), { timeout: 5_000 });
  const { x, y, height } = (await page.locator('#user').boundingBox()) ?? { x: 0, y: 0, height: 0 };
  const place = { x: x + 280, y: y + height / 2 };
  expect(isBlack((await coloursOf(looking, frames.at(-1) ?? '', [place]))[0])).toBe(false);
  const written = Array.from({ length: 150 }, (_, nth) => ({ x: x + 6 + nth, y: place.y }));
  const before = frames.length;
  await page.fill('#user', secret);
  const isCovered = async (frame: string): Promise<boolean> => isBlack((await coloursOf(looking, frame, [place]))[0]);
  await vi.waitFor(async () => expect(await isCovered(frames.at(-1) ?? '')).toBe(true), { timeout: 5_000 });
  // a frame from just before may come late: it shows an empty field
  for (const frame of frames.slice(before))
    if (!(await isCovered(frame)))
      expect((await coloursOf(looking, frame, written)).every((colour) => Math.min(...colour) > 150)).toBe(true);
  over.abort();
  await watching;
});

test('the page’s own scripts see neither the guard nor the secrets', async () => {
  const { page, isCovered } = await open();
  await page.fill('#user', secret);
  await isCovered('#user');
  const found = await page.evaluate(
    (text) =>
      Object.getOwnPropertyNames(window).filter(
        (name) => /understudy/i.test(name) || String((window as unknown as Record<string, unknown>)[name]).includes(text),
      ),
    secret,
  );
  expect(found).toEqual([]);
});

test('a job without secrets gets pictures of everything, and its pages get nothing', async () => {
  const { page, shot } = await open(html, []);
  await page.fill('#user', 'anything');
  expect((await shot()).length).toBeGreaterThan(1_000);
  expect(await page.locator('#user').getAttribute('style')).toBe('background: transparent');
});

test('the address of a picture does not tell a secret', async () => {
  const { host, page, url } = await open();
  await page.goto(`${url}/?token=${secret}`);
  const { epoch } = await host.client.call('stat', {});
  expect((await host.client.call('picture', { jobId: 'job', epoch })).picture?.url).toBe(`${url}/?token=•••`);
});

test('a line of a secret of several lines, and a secret as an address shows it, are black', async () => {
  const values = [
    { name: 'key', value: '-----BEGIN KEY-----\nfirst-line-77\nsecond-line-88\n', sensitive: true },
    { name: 'odd', value: "pa|ss w0rd'{1}", sensitive: true },
  ];
  const shown = ['second-line-88', 'pa|ss%20w0rd%27{1}', "pa|ss%20w0rd'{1}", "pa|ss%20w0rd'%7b1%7d", 'pa|ss+w0rd%27{1}', 'nothing of it'];
  const lines = shown.map((text, nth) => `<p><span id=s${nth}>${text}</span></p>`).join('');
  const { isCovered } = await open(`<body style="background:#fff">${lines}`, values);
  const covered = await Promise.all(shown.map((_, nth) => isCovered(`#s${nth}`)));
  expect(covered).toEqual([true, true, true, true, true, false]);
});

const number = '4929123456781234';
const drawnOn = `<!doctype html><meta charset="utf-8"><style>
  body { background: #fff; font: 20px monospace; margin: 8px }
  div { height: 26px } [id] { max-width: 400px }
  #before::before { content: "${number}" } #after::after { content: attr(data-x) } #variable::before { content: var(--x) }
  #marker { list-style-type: "${number} " } #marked::marker { content: "${number} " } li { list-style-position: inside }
  #nested { &::before { content: "${number}" } } #contents { display: contents } #contents::before { content: "${number}" }
  .four::before { content: "4929" } .apart { position: absolute; left: -9999px } option { font: 20px monospace }
</style>
<div><img id="alt" src="/none" alt="${number}"></div><div><img id="title" src="/none" title="${number}"></div>
<div><input id="image" type="image" src="/none" alt="${number}"></div>
<div><span id="before"></span></div><div><span id="after" data-x="${number}"></span></div><div><span id="variable" style="--x: '${number}'"></span></div>
<ul style="margin: 0; padding: 0"><li id="marker">.</li><li id="marked">.</li></ul>
<div><span id="nested"></span></div><div id="around"><span id="contents"></span></div>
<div><span id="split"><b class="four"></b>123456781234</span></div>
<div><span id="hidden">4929<wbr>12345678<span hidden>no</span>1234</span></div><div><span id="read">49291234<span class="apart"><b>ending in</b></span>56781234</span></div>
<div><span id="base64">${btoa(number)}</span></div><div><span id="hex">${Buffer.from(number).toString('hex')}</span></div>
<select id="choices" size="2"><option label="${number}">a</option></select><select id="groups" size="2"><optgroup label="${number}"><option>a</option></optgroup></select>
<div><input id="placeholder" placeholder="${number}"><input id="password" type="password" placeholder="${number}"></div>
<div><span id="closed"></span></div><div><span id="declared"><template shadowrootmode="closed">${number}</template></span></div>
<div><span id="nothing"></span></div><style>#nothing::before { content: "words of the page" }</style>
<script>document.querySelector('#closed').attachShadow({ mode: 'closed' }).innerHTML = '<b>${number}</b>';</script>`;

test('what no text of the document holds is covered where it shows a secret, and nothing else is', async () => {
  const { page, isCovered } = await open(drawnOn, [{ name: 'card', value: number, sensitive: true }]);
  const places = await page.$$eval('[id]', (all) => all.map(({ id }) => id));
  const seen: string[] = [];
  for (const id of places) if (!(await isCovered(id === 'contents' ? '#around' : `#${id}`))) seen.push(id);
  expect(seen).toEqual(['nothing']);
  await page.locator('#after').evaluate((element: HTMLElement) => (element.dataset['x'] = 'words'));
  expect(await isCovered('#after')).toBe(false);
  expect(await page.locator('#closed').evaluate((element) => element.shadowRoot)).toBeNull();
});
