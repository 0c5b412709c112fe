import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPracticeSite } from '../../examples/practice-site/server.ts';

const site = createPracticeSite();
let url: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
});
afterAll(async () => {
  site.closeAllConnections();
  await new Promise((resolve) => site.close(resolve));
});

const visit = (path: string, cookie = '', form?: Record<string, string>) =>
  fetch(url + path, { redirect: 'manual', headers: { cookie }, ...(form && { method: 'POST', body: new URLSearchParams(form) }) });

async function logIn(): Promise<string> {
  const answer = await visit('/login', '', { username: 'demo', password: 'harbour-42' });
  return (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
}
const tokenIn = (text: string): string => /name="token" value="([0-9a-f]+)"/.exec(text)?.[1] ?? 'none';
const openRun = async (cookie: string): Promise<string> => (await visit('/payments/next', cookie)).headers.get('location') ?? '';

test('the token of the form is another one on every load, and only a token of this session releases', async () => {
  const cookie = await logIn();
  const run = await openRun(cookie);
  const tokens = [tokenIn(await (await visit(run, cookie)).text()), tokenIn(await (await visit(run, cookie)).text())];
  expect(new Set(tokens).size).toBe(2);
  expect((await visit(`${run}/release`, cookie, { token: 'made up', reference: 'a' })).status).toBe(422);
  expect((await visit(`${run}/release`, await logIn(), { token: tokens[0] ?? '', reference: 'a' })).status).toBe(422);
  expect((await visit(`${run}/release`, cookie, { token: tokens[0] ?? '', reference: 'a' })).status).toBe(303);
});

test('a run is released once: sent again, it stays what it was, and the next one is another', async () => {
  const cookie = await logIn();
  const run = await openRun(cookie);
  expect(await openRun(cookie)).toBe(run);
  const [first, second] = [tokenIn(await (await visit(run, cookie)).text()), tokenIn(await (await visit(run, cookie)).text())];
  const transfer = async () => /TR-\d+/.exec(await (await visit(run, cookie)).text())?.[0];
  await visit(`${run}/release`, cookie, { token: first, reference: 'one' });
  const released = await transfer();
  expect(released).toMatch(/^TR-/);
  await visit(`${run}/release`, cookie, { token: second, reference: 'two' });
  expect(await transfer()).toBe(released);
  expect(await (await visit(run, cookie)).text()).not.toContain('two');
  expect(await openRun(cookie)).not.toBe(run);
});

test('when the sessions have expired, a payment asks for the log-in, and is still there after it', async () => {
  const cookie = await logIn();
  const run = await openRun(cookie);
  expect((await visit('/practice/expire-sessions', '', {})).status).toBe(200);
  expect((await visit(run, cookie)).headers.get('location')).toBe('/login');
  expect((await visit(`${run}/release`, cookie, { token: 'x', reference: 'a' })).headers.get('location')).toBe('/login');
  expect(await (await visit(run, await logIn())).text()).toContain('Release payment');
});

test('looking at the practice page logs nobody out', async () => {
  const cookie = await logIn();
  expect((await visit('/practice')).status).toBe(200);
  await visit('/practice/expire-sessions');
  expect((await visit('/dashboard', cookie)).status).toBe(200);
});

test('the traffic has a button for each of eight ships, for those who have logged in', async () => {
  expect((await visit('/traffic')).headers.get('location')).toBe('/login');
  const text = await (await visit('/traffic', await logIn())).text();
  expect(text.match(/aria-label="Call [^"]+"/g)).toHaveLength(8);
  expect(await (await visit('/site.js')).text()).toContain('lies at her berth');
});
