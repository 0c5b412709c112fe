import http from 'node:http';
import { networkInterfaces } from 'node:os';
import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { canonicalAddress } from '../../src/host/addresses.ts';
import { createGuard, type Lookup } from '../../src/host/guard.ts';
import { commandLine } from '../../src/host/processes.ts';
import { openJob, site, testHost } from './harness.ts';

const names: Record<string, string> = {
  'rebind.test': '127.0.0.1',
  'allowed.test': '127.0.0.1',
  'mapped.test': '::ffff:127.0.0.1',
  'metadata.test': '169.254.169.254',
};
const lookup: Lookup = (name) => {
  const address = names[name] ?? (name === 'localhost' ? '127.0.0.1' : undefined);
  if (!address) return Promise.reject(Object.assign(new Error(`no ${name}`), { code: 'ENOTFOUND' }));
  return Promise.resolve([{ address, family: address.includes(':') ? 6 : 4 }]);
};
const lan = Object.values(networkInterfaces())
  .flatMap((list) => list ?? [])
  .filter((one) => one.family === 'IPv4' && !one.internal)
  .map((one) => one.address);

const spellings = (port: number): string[] =>
  [
    '127.0.0.1',
    'localhost',
    '127.1',
    '2130706433',
    '0x7f000001',
    '127.8.8.8',
    '0.0.0.0',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[64:ff9b::7f00:1]',
    'rebind.test',
    'rebind.test.',
    'mapped.test',
    ...lan,
  ].map((host) => `${host}:${port}`);

test('no spelling of a protected address is reached by a page, by fetch, WebSocket, frame, redirect or navigation', async () => {
  const secret = await site({ '/approve': 'approved' });
  const allowed: Awaited<ReturnType<typeof site>> = await site({
    '/': '<h1>practice</h1>',
    '/bounce': (_request, response) => response.writeHead(302, { location: `${secret.url}/approve` }).end(),
  });
  const host = await testHost({ protectedAddresses: [`localhost:${secret.port}`], lookup });
  const { page } = await openJob(host);

  await page.goto(`${allowed.url}/`);
  expect(await page.textContent('h1')).toBe('practice');
  await page.evaluate(async (addresses) => {
    const socket = (address: string) =>
      new Promise((resolve) => {
        const ws = new WebSocket(`ws://${address}/approve`);
        ws.onerror = ws.onopen = resolve;
      });
    const frame = (address: string) =>
      new Promise((resolve) => {
        const element = document.body.appendChild(document.createElement('iframe'));
        element.onload = resolve;
        element.src = `http://${address}/approve`;
      });
    for (const address of addresses) {
      await fetch(`http://${address}/approve`, { method: 'POST', mode: 'no-cors', body: 'yes' }).catch(() => undefined);
      await fetch(`https://${address}/approve`, { mode: 'no-cors' }).catch(() => undefined);
      await socket(address);
      await frame(address);
    }
  }, spellings(secret.port));
  await page.evaluate(async (port) => {
    const peer = new RTCPeerConnection({ iceServers: [{ urls: `turn:127.0.0.1:${port}?transport=tcp`, username: 'a', credential: 'b' }] });
    peer.createDataChannel('x');
    const gathered = new Promise(
      (resolve) => (peer.onicegatheringstatechange = () => peer.iceGatheringState === 'complete' && resolve(null)),
    );
    await peer.setLocalDescription(await peer.createOffer());
    navigator.sendBeacon(`http://127.0.0.1:${port}/approve`, 'yes');
    await Promise.race([gathered, new Promise((resolve) => setTimeout(resolve, 3000))]);
  }, secret.port);
  const redirected = await page.goto(`${allowed.url}/bounce`);
  expect(redirected?.status()).toBe(403);
  expect(await redirected?.headerValue('x-understudy-refused')).toBe('protected');

  expect(secret.seen).toEqual([]);
  expect(allowed.seen).toContain('/bounce');
  const { refusals } = await host.client.call('refusals', { jobId: 'job' });
  expect(refusals.at(-1)).toMatchObject({ host: '127.0.0.1', port: secret.port, reason: 'protected' });
});

test('metadata addresses are refused however they are spelled', async () => {
  const host = await testHost({ lookup });
  const { page } = await openJob(host);
  for (const address of [
    '169.254.169.254',
    '[fe80::1]',
    '[fd00:ec2::254]',
    '100.100.100.200',
    'metadata.google.internal',
    'metadata.test',
    '[::ffff:a9fe:a9fe]',
    '2852039166',
  ]) {
    const response = await page.goto(`http://${address}/latest`);
    expect([address, response?.status(), await response?.headerValue('x-understudy-refused')]).toEqual([address, 403, 'metadata']);
  }
});

test('other ports of this machine are open: http by name and address, WebSockets, bodies and redirects', async () => {
  const echo: http.RequestListener = (request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain', 'access-control-allow-origin': '*' });
    request.pipe(response);
  };
  const { url, port, seen } = await site({
    '/': '<p>hello</p>',
    '/echo': echo,
    '/go': (_request, response) => response.writeHead(302, { location: '/' }).end(),
  });
  const host = await testHost({ protectedAddresses: ['127.0.0.1:1'], lookup });
  const { page } = await openJob(host);
  await page.goto(`${url}/go`);
  expect(await page.textContent('p')).toBe('hello');
  await page.goto(`http://allowed.test:${port}/`);
  expect(await page.textContent('p')).toBe('hello');
  const body = 'x'.repeat(300_000);
  expect(await page.evaluate(async (text) => (await fetch('/echo', { method: 'POST', body: text })).text(), body)).toBe(body);
  await page.evaluate((address) => new Promise((resolve) => (new WebSocket(`ws://${address}/`).onerror = resolve)), `127.0.0.1:${port}`);
  expect(seen).toContain('upgrade');
});

test('a dead host stays a failed navigation, and the host says why', async () => {
  const host = await testHost({ lookup });
  const { page } = await openJob(host);
  await expect(page.goto('http://nobody.test/')).rejects.toThrow('ERR_EMPTY_RESPONSE');
  await expect(page.goto('https://nobody.test/')).rejects.toThrow('ERR_TUNNEL_CONNECTION_FAILED');
  await expect(page.goto('http://127.0.0.1:9/')).rejects.toThrow();
  const { failures } = await host.client.call('refusals', { jobId: 'job' });
  expect(failures.map(({ host: name, code }) => `${name} ${code}`)).toEqual(expect.arrayContaining(['nobody.test ENOTFOUND']));
});

test('the proxy serves nobody else, and no page reaches it', async () => {
  const { url, seen } = await site({ '/': 'x' });
  const host = await testHost();
  const { page } = await openJob(host);
  const proxy = await proxyOf(page);
  const status = await new Promise((resolve, reject) =>
    http.get({ host: '127.0.0.1', port: proxy, path: `${url}/` }, (response) => resolve(response.resume().statusCode)).on('error', reject),
  );
  expect(status).toBe(407);
  expect(seen).toEqual([]);
  const response = await page.goto(`http://127.0.0.1:${proxy}/`);
  expect([response?.status(), await response?.headerValue('x-understudy-refused')]).toEqual([403, 'proxy']);
});

/** The proxy's port, from the command line of the browser. */
async function proxyOf(page: Page): Promise<number> {
  const session = await page.context().browser()?.newBrowserCDPSession();
  const info = await session?.send('SystemInfo.getProcessInfo');
  const main = info?.processInfo.find((one) => one.type === 'browser');
  const flag = commandLine(main?.id ?? 0).find((one) => one.startsWith('--proxy-server='));
  return Number(flag?.split(':').at(-1));
}

test('the guard decides on the resolved address, and on protected names that nobody can resolve', async () => {
  const guard = createGuard({ protectedAddresses: ['127.0.0.1:5432', 'db.internal:6000', '[::1]:7000'], proxyPort: () => 1, lookup });
  expect(await guard.check('rebind.test', 5432)).toEqual({ refused: 'protected' });
  expect(await guard.check('rebind.test', 80)).toEqual({ addresses: [{ address: '127.0.0.1', family: 4 }] });
  expect(await guard.check('DB.internal.', 6000)).toEqual({ refused: 'protected' });
  expect(await guard.check('127.0.0.1', 7000)).toEqual({ refused: 'protected' });
  expect(() => createGuard({ protectedAddresses: ['nonsense'], proxyPort: () => 1 })).toThrow('host:port');
});

test.each([
  ['127.0.0.1', '127.0.0.1'],
  ['::ffff:127.0.0.1', '127.0.0.1'],
  ['::ffff:7f00:1', '127.0.0.1'],
  ['64:ff9b::7f00:1', '127.0.0.1'],
  ['2002:7f00:1::', '127.0.0.1'],
  ['::127.0.0.1', '127.0.0.1'],
  ['::1', '0:0:0:0:0:0:0:1'],
  ['[FE80::1%eth0]', 'fe80:0:0:0:0:0:0:1'],
  ['example.org', null],
])('the address %s is spelled %s', (text, canonical) => {
  expect(canonicalAddress(text)).toBe(canonical);
});
