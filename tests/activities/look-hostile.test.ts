import { chromium } from 'playwright';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Action } from '../../src/contract/action.ts';
import { chromiumPath, chromiumSandbox } from '../support/chromium.ts';
import { approvedTask, evidenceOf, lookAt, lookTask, release } from './asking.ts';
import { openJob, startRig, type Rig, type TestJob, type Worker } from './rig.ts';

const canary = 'c4nary & "Value" 77';
const spaced = 'two  spaced\twords';

let rig: Rig;
let worker: Worker;
let job: TestJob;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());
beforeEach(async () => {
  worker = await rig.startWorker();
  job = await openJob(rig, worker, [
    { name: 'token', value: canary, sensitive: true },
    { name: 'phrase', value: spaced, sensitive: true },
    { name: 'pin', value: '07', sensitive: true },
  ]);
  return () => rig.client.call('close', { jobId: job.jobId });
});

const script = (source: string) => job.done({ action: { type: 'extract', script: source } });
const forms = (value: string): string[] => [
  value,
  encodeURIComponent(value),
  encodeURIComponent(value).replaceAll('%20', '+'),
  JSON.stringify(value).slice(1, -1),
  btoa(value).replace(/=+$/, ''),
];

test('sensitive values are nowhere in the evidence, in none of their forms', async () => {
  const encoded = encodeURIComponent(canary);
  await job.visit(`/payment?reference=${encoded}&title=${encoded}&release=${encoded}&x=${encodeURIComponent(btoa(canary))}`);
  await script(`document.querySelector('#amount').value = 'is {{ phrase }}'; document.querySelector('#note').value = '07';
    document.querySelector('#terms').parentElement.append('{{ phrase }}');`);
  const actions: Action[] = [
    release,
    { type: 'input', selector: { id: 'reference' }, value: 'a {{ token }} b' },
    { type: 'input', selector: { id: 'reference' }, value: '{{ token.toUpperCase() }}' },
    { type: 'navigate', url: '/x?t={{ encodeURIComponent(token) }}&u={{ btoa(token) }}&v={{ token.toUpperCase() }}' },
    { type: 'select', selector: { id: 'delivery' }, optionText: 'Express' },
    { type: 'key', key: '{{ pin }}', selector: { id: 'note' } },
    { type: 'wait', text: '{{ token }}' },
    { type: 'wait', selector: { innerText: '{{ token }}' } },
    { type: 'extract', script: 'send("{{ token }}")' },
  ];
  const message = 'Pay {{ token }} {{ token.toUpperCase() }} {{ btoa(token) }} {{ pin }} "{{ phrase }}"?';
  for (const action of actions) {
    const evidence = await lookAt(job, action, { approval: { message } });
    const { digest: _digest, takenAt: _takenAt, screenshot: _screenshot, values, ...rest } = evidence;
    const text = JSON.stringify([rest, values.map(({ mac: _mac, ...value }) => value)]).replaceAll('•••', '');
    for (const form of [canary, canary.toUpperCase()].flatMap(forms)) {
      expect(text).not.toContain(form);
      expect(text).not.toContain(JSON.stringify(form).slice(1, -1));
    }
    expect(text).not.toMatch(/c4nary|two\s+spaced|"07"/i);
    const hidden = values.filter(({ from, value }) => from === 'form' && value === null);
    expect(hidden).toHaveLength(evidence.target === null ? 0 : 4);
    expect(evidence.message).toBe('Pay ••• ••• ••• ••• "•••"?');
  }
});

test('a void step gives no more away, and its picture is covered', async () => {
  await job.visit('/payment');
  const { digest } = await lookAt(job, release);
  await script(
    `document.querySelector('#release').textContent = '{{ token }}'; document.querySelector('#reference').value = '{{ token }}'`,
  );
  const evidence = evidenceOf(await job.run(approvedTask(job, release, { digest })), 'void');
  expect(evidence).toMatchObject({ target: 'Button “•••”', sentence: 'Click “•••”' });
  expect(JSON.stringify(evidence)).not.toContain('c4nary');
  const { mark } = evidence;
  if (!mark || evidence.screenshot === undefined) throw new Error('neither mark nor picture');
  expect(await colourAt(evidence.screenshot, mark.x + mark.width / 2, mark.y + mark.height / 2)).toBe('black');
});

async function colourAt(artifact: string, x: number, y: number): Promise<string> {
  const chunks: Buffer[] = [];
  const stored = await rig.store.open(artifact);
  for await (const chunk of stored?.stream ?? []) chunks.push(Buffer.from(chunk as Buffer));
  const browser = await chromium.launch({ executablePath: chromiumPath(), chromiumSandbox: chromiumSandbox() });
  try {
    const page = await browser.newPage();
    const brightest = await page.evaluate(brightnessAround, { picture: Buffer.concat(chunks).toString('base64'), x, y });
    return brightest < 24 ? 'black' : 'not black';
  } finally {
    await browser.close();
  }
}

/** Runs in a page: the brightest colour of 4 x 4 pixels. */
async function brightnessAround({ picture, x, y }: { picture: string; x: number; y: number }): Promise<number> {
  const image = new Image();
  image.src = `data:image/jpeg;base64,${picture}`;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d');
  canvas?.drawImage(image, 0, 0);
  const pixels = canvas?.getImageData(Math.round(x * image.width) - 2, Math.round(y * image.height) - 2, 4, 4).data ?? [];
  return Math.max(...[...pixels].filter((_, nth) => nth % 4 < 3));
}

test('ten thousand fields are told as forty, in bounded time', async () => {
  await job.visit('/payment?many=10000');
  const started = Date.now();
  const { values } = await lookAt(job, release);
  expect(Date.now() - started).toBeLessThan(15_000);
  expect(values.filter(({ from }) => from === 'form')).toHaveLength(40);
  expect(values.length).toBeLessThanOrEqual(60);
});

test('a change in a field that is not told still counts', async () => {
  await job.visit('/payment?many=200');
  const first = await lookAt(job, release);
  expect(first.values.map(({ name }) => name)).not.toContain('field150');
  await script('document.querySelector("[name=field150]").value = "changed"');
  expect((await lookAt(job, release)).digest).not.toBe(first.digest);
});

test('values of a megabyte are cut in the evidence and count whole in the digest', async () => {
  await job.visit('/payment?long');
  const first = await lookAt(job, release);
  expect(JSON.stringify(first).length).toBeLessThan(40_000);
  await script('document.querySelector("#amount").value = "x".repeat(999_999) + "y"');
  expect((await lookAt(job, release)).digest).not.toBe(first.digest);
});

test('names are text, whatever they look like, and fields of one name are told apart', async () => {
  await job.visit('/payment?html');
  await script('document.querySelector("#note").setAttribute("aria-label", "Amount")');
  const names = (await lookAt(job, release)).values.map(({ name }) => name);
  expect(names.slice(0, 6)).toEqual(['<img src=x onerror=alert(1)>', 'Amount', 'Delivery', 'Terms', 'Password', 'Amount (2)']);
});

test.each(['throws', 'loops', 'lies'])('a page that %s costs at most its look, in bounded time', async (how) => {
  await job.visit(`/payment?${how}`);
  const started = Date.now();
  const report = await job.run(lookTask(job, release, { timeout: 3_000 }));
  expect(['failed', 'seen']).toContain(report.outcome);
  expect(JSON.stringify(report).length).toBeLessThan(100_000);
  expect(Date.now() - started).toBeLessThan(10_000);
});

test('a page that replaces the element all the time ends a look within its time', async () => {
  await job.visit('/payment?swap');
  const report = await job.run(lookTask(job, release, { timeout: 3_000 }));
  if (report.outcome === 'seen') expect(report.evidence.target).toBe('Button “Release payment”');
  else expect(report).toMatchObject({ outcome: 'failed', error: { code: expect.stringMatching(/element_stale|timeout/) } });
});
