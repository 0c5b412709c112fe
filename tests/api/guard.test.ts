import http from 'node:http';
import type { lookup } from 'node:dns';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openApiBench, type ApiBench } from './api-bench.ts';

let bench: ApiBench;
let port: string;
beforeAll(async () => {
  bench = await openApiBench({ workers: false, settings: { publicUrl: 'https://console.example/' } });
  port = new URL(bench.url).port;
});
afterAll(() => bench.close());

type Raw = { method?: string; path?: string; headers?: Record<string, string>; body?: string; hostname?: string };
type RawAnswer = { status: number; code: string | undefined; headers: http.IncomingHttpHeaders };

/** As written, without what fetch adds or forbids. */
const raw = ({ method = 'GET', path = '/healthz', headers = {}, body, hostname }: Raw): Promise<RawAnswer> =>
  new Promise((resolve, reject) => {
    // Every name is at home on this machine: what an attacker's DNS server says.
    const rebound: typeof lookup = ((_name: string, options: { all?: boolean }, done: (...args: unknown[]) => void) =>
      options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4)) as typeof lookup;
    const request = http.request({ host: hostname ?? '127.0.0.1', port, method, path, headers, lookup: rebound }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, code: /^{.*"code":"(\w+)"/s.exec(text)?.[1] }),
      );
    });
    request.on('error', reject);
    request.end(body);
  });

const json = { 'content-type': 'application/json' };
const pause = { method: 'POST', path: '/api/jobs/j-1/pause', body: '{}' };
const own = () => ({ ...json, origin: `http://127.0.0.1:${port}` });

test('a DNS name that points at this machine is refused, for reading too', async () => {
  for (const path of ['/healthz', '/api/jobs', '/', '/api/stream?list=1']) {
    expect(await raw({ hostname: 'evil.example', path }), path).toMatchObject({ status: 403, code: 'forbidden_host' });
  }
  expect(await raw({ ...pause, hostname: 'evil.example', headers: { ...json, origin: `http://evil.example:${port}` } })).toMatchObject({
    status: 403,
    code: 'forbidden_host',
  });
});

test('the loopback names and the published address are allowed, another port is not', async () => {
  for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `LOCALHOST:${port}`, `[::1]:${port}`, 'console.example']) {
    expect(await raw({ headers: { host } }), host).toMatchObject({ status: 200 });
  }
  for (const host of ['127.0.0.1', '127.0.0.1:1', `127.0.0.1.evil.example:${port}`, `user@127.0.0.1:${port}`, 'console.example:444']) {
    expect(await raw({ headers: { host } }), host).toMatchObject({ status: 403, code: 'forbidden_host' });
  }
});

test('a request that changes something needs the Origin of its own host', async () => {
  expect(await raw({ ...pause, headers: own() })).toMatchObject({ status: 404 });
  expect(await raw({ ...pause, headers: { ...json, host: 'console.example', origin: 'https://console.example' } })).toMatchObject({
    status: 404,
  });
  const foreign = [
    'http://evil.example',
    'null',
    `http://localhost:${port}`,
    `https://127.0.0.1:${port}`,
    'http://127.0.0.1:1',
    'http://127.0.0.1',
    'https://console.example',
    '',
  ];
  for (const origin of foreign)
    expect(await raw({ ...pause, headers: { ...json, origin } }), origin).toMatchObject({ status: 403, code: 'forbidden_origin' });
  expect(await raw({ ...pause, headers: { ...json, host: 'console.example', origin: 'http://console.example' } })).toMatchObject({
    status: 403,
  });
});

test('a missing Origin is refused', async () => {
  expect(await raw({ ...pause, headers: json })).toMatchObject({ status: 403, code: 'forbidden_origin' });
});

test('a browser that says cross-site or same-site is refused, whatever the Origin says', async () => {
  for (const site of ['cross-site', 'same-site']) {
    expect(await raw({ ...pause, headers: { ...own(), 'sec-fetch-site': site } }), site).toMatchObject({
      status: 403,
      code: 'forbidden_origin',
    });
  }
  expect(await raw({ ...pause, headers: { ...own(), 'sec-fetch-site': 'same-origin' } })).toMatchObject({ status: 404 });
});

test('a form, which needs no preflight, is refused', async () => {
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/json', '']) {
    expect(await raw({ ...pause, headers: { ...own(), 'content-type': type } }), type).toMatchObject({
      status: 415,
      code: 'unsupported_media_type',
    });
  }
  expect(await raw({ ...pause, headers: { origin: `http://127.0.0.1:${port}` } })).toMatchObject({ status: 415 });
  expect(await raw({ ...pause, headers: { ...own(), 'content-type': 'application/json; charset=utf-8' } })).toMatchObject({ status: 404 });
});

test('a method that is not heard there is told so, whatever it sends; from elsewhere it is refused all the same', async () => {
  const own = { origin: `http://127.0.0.1:${port}` };
  for (const method of ['DELETE', 'PUT', 'PATCH']) {
    for (const headers of [own, { ...own, ...json }, { ...own, 'content-type': 'text/plain' }]) {
      const answer = await raw({ method, path: '/api/jobs/j-1', headers });
      expect(answer, method).toMatchObject({ status: 405, code: 'method_not_allowed', headers: { allow: 'GET, HEAD' } });
    }
    expect(await raw({ method, path: '/api/jobs/j-1' })).toMatchObject({ status: 403 });
  }
  expect(await raw({ method: 'POST', path: '/api/jobs', headers: own })).toMatchObject({ status: 415 });
});

test('a program with the key needs no Origin, and a wrong key opens nothing', async () => {
  const key = bench.deps.settings.apiKey;
  expect(await raw({ ...pause, headers: { ...json, authorization: `Bearer ${key}` } })).toMatchObject({ status: 404 });
  for (const wrong of [`Bearer ${key}0`, `Bearer ${key.slice(1)}`, 'Bearer ', 'Bearer', `Basic ${key}`, key]) {
    expect(await raw({ ...pause, headers: { ...json, authorization: wrong } }), wrong).toMatchObject({
      status: 403,
      code: 'forbidden_origin',
    });
  }
  expect(await raw({ ...pause, hostname: 'evil.example', headers: { ...json, authorization: `Bearer ${key}` } })).toMatchObject({
    status: 403,
    code: 'forbidden_host',
  });
});

test('the refusal says how another program gets in', async () => {
  const { body } = await bench.send('POST', '/api/jobs/j-1/pause', {}, { origin: 'http://evil.example' });
  expect(body.detail).toMatch(/authorization: Bearer <key>.*\/home\/api-key/);
});

test('no answer ever allows another origin', async () => {
  const preflight = await raw({
    method: 'OPTIONS',
    path: '/api/jobs',
    headers: { origin: 'http://evil.example', 'access-control-request-method': 'POST' },
  });
  expect(preflight).toMatchObject({ status: 405, headers: { allow: expect.stringContaining('POST') as string } });
  for (const answer of [preflight, await raw({ headers: { origin: 'http://evil.example' } })]) {
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  }
});

test('every answer carries the strict policy', async () => {
  const { headers } = await raw({});
  expect(headers['content-security-policy']).toBe(
    "default-src 'self';script-src 'self';style-src 'self' 'unsafe-inline';img-src 'self' data:;connect-src 'self';object-src 'none';frame-src 'self';media-src 'self';base-uri 'none';form-action 'self';frame-ancestors 'none'",
  );
  expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cross-origin-resource-policy': 'same-origin' });
  expect(headers['x-powered-by']).toBeUndefined();
});
