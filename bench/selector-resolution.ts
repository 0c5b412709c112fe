/**
 * What does it cost to resolve a selector? Each field's direct hit on a page of 5,000 elements, beside the equivalent Playwright locator resolved to its element, interleaved
 * in one run. `find` is what a step does before it acts: one element, and only one. `element` adds the handle that Playwright's own resolution ends with. Prints medians and
 * ratios; fails when the median ratio of `element` over all fields is above 1.5. Usage: npm run bench:selector-resolution [-- <rounds, default 40>]
 */
import { chromium, type Locator, type Page } from 'playwright';
import { findChromium } from '../bin/setup/chromium-executable.js';
import type { Selector } from '../src/contract/action.ts';
import { look, type Target } from '../src/activities/selectors/find.ts';
import { oneElement } from '../src/activities/selectors/one-element.ts';

const goal = 1.5;
const rows = 1_000;

const html = `<!doctype html><title>Rows</title>${Array.from(
  { length: rows },
  (_, n) =>
    `<div class="row"><label for="f${n}">Label ${n}.</label><input id="f${n}" name="n${n}" placeholder="Place ${n}." type="${n % 2 ? 'text' : 'email'}">
<button id="b${n}" aria-label="Aria ${n}." data-testid="t${n}" data-row="${n}">x</button><span>Text ${n}.</span></div>`,
).join('')}`;

type Case = { field: string; selector: Selector; equivalent: (page: Page) => Locator };

const at = 700;
const cases: Case[] = [
  { field: 'id', selector: { id: `b${at}` }, equivalent: (page) => page.locator(`#b${at}`) },
  { field: 'ariaLabel', selector: { ariaLabel: `Aria ${at}.` }, equivalent: (page) => page.locator(`[aria-label="Aria ${at}."]`) },
  { field: 'dataTestId', selector: { dataTestId: `t${at}` }, equivalent: (page) => page.getByTestId(`t${at}`) },
  { field: 'dataAttributes', selector: { dataAttributes: { row: `${at}` } }, equivalent: (page) => page.locator(`[data-row="${at}"]`) },
  {
    field: 'cssSelector',
    selector: { cssSelector: `.row:nth-child(${at}) button` },
    equivalent: (page) => page.locator(`.row:nth-child(${at}) button`),
  },
  { field: 'xPath', selector: { xPath: `//button[@id="b${at}"]` }, equivalent: (page) => page.locator(`xpath=//button[@id="b${at}"]`) },
  { field: 'labelText', selector: { labelText: `Label ${at}.` }, equivalent: (page) => page.getByLabel(`Label ${at}.`, { exact: true }) },
  { field: 'innerText', selector: { innerText: `Text ${at}.` }, equivalent: (page) => page.getByText(`Text ${at}.`, { exact: true }) },
  {
    field: 'placeholder',
    selector: { placeholder: `Place ${at}.` },
    equivalent: (page) => page.getByPlaceholder(`Place ${at}.`, { exact: true }),
  },
  { field: 'name', selector: { name: `n${at}` }, equivalent: (page) => page.locator(`[name="n${at}"]`) },
  {
    field: 'id + tagName',
    selector: { id: `b${at}`, tagName: 'button' },
    equivalent: (page) => page.locator(`#b${at}`).and(page.locator('button')),
  },
  {
    field: 'id + role',
    selector: { id: `b${at}`, role: 'button' },
    equivalent: (page) => page.locator(`#b${at}`).and(page.getByRole('button')),
  },
  {
    field: 'name + inputType',
    selector: { name: `n${at}`, inputType: 'email' },
    equivalent: (page) => page.locator(`[name="n${at}"]`).and(page.locator('[type=email]')),
  },
  {
    field: 'innerText + tagName',
    selector: { innerText: `Text ${at}.`, tagName: 'span' },
    equivalent: (page) => page.locator('span').filter({ hasText: new RegExp(`^Text ${at}\\.$`) }),
  },
];

const median = (values: number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; value: T }> {
  const began = performance.now();
  const value = await work();
  return { ms: performance.now() - began, value };
}

async function found(page: Page, selector: Selector): Promise<Target> {
  const seen = await look(page, selector);
  if (!seen.found) throw new Error(`not found: ${JSON.stringify(selector)}`);
  return seen.element;
}

type Times = { raw: number[]; find: number[]; element: number[] };

async function measureOnce(page: Page, { selector, equivalent }: Case, times: Times): Promise<void> {
  const raw = await timed(() => equivalent(page).elementHandle());
  const find = await timed(() => found(page, selector));
  const element = await timed(async () => oneElement(await found(page, selector)));
  await raw.value?.dispose();
  await element.value.dispose();
  times.raw.push(raw.ms);
  times.find.push(find.ms);
  times.element.push(element.ms);
}

function report(field: string, times: Times): number {
  const [raw, find, element] = [median(times.raw), median(times.find), median(times.element)];
  const column = (ms: number): string => `${ms.toFixed(2).padStart(7)} ms`;
  console.log(
    `${field.padEnd(20)} playwright ${column(raw)}   find ${column(find)} (${(find / raw).toFixed(2)})   element ${column(element)} (${(element / raw).toFixed(2)})`,
  );
  return element / raw;
}

async function main(): Promise<void> {
  const rounds = Number(process.argv[2] ?? 40);
  const browser = await chromium.launch({ executablePath: findChromium() ?? undefined, chromiumSandbox: process.getuid?.() !== 0 });
  try {
    const page = await browser.newPage();
    await page.setContent(html);
    const times = cases.map((): Times => ({ raw: [], find: [], element: [] }));
    for (let round = 0; round < rounds + 3; round += 1)
      for (const [nth, one] of cases.entries()) {
        const into = times[nth];
        // the first rounds warm both up
        if (into) await measureOnce(page, one, round < 3 ? { raw: [], find: [], element: [] } : into);
      }
    const elements = await page.locator('css=*').count();
    console.log(`${elements} elements, ${rounds} rounds, interleaved; medians, and ratios to Playwright's`);
    const ratios = cases.flatMap(({ field }, nth) => (times[nth] ? [report(field, times[nth])] : []));
    const overall = median(ratios);
    console.log(`median ratio of element over all fields: ${overall.toFixed(2)} (goal: at most ${goal})`);
    if (overall > goal) process.exitCode = 1;
  } finally {
    await browser.close();
  }
}

await main();
