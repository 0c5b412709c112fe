import net from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Problem } from '../../src/contract/error.ts';
import { routes } from '../../src/contract/routes.ts';
import { openApiBench, type ApiBench } from './api-bench.ts';

let bench: ApiBench;
beforeAll(async () => {
  bench = await openApiBench({ workers: false });
});
afterAll(() => bench.close());

test.each([
  ['GET', '/api/nothing', undefined, 404, 'not_found'],
  ['DELETE', '/api/jobs', undefined, 405, 'method_not_allowed'],
  ['PUT', '/api/jobs/stream', undefined, 405, 'method_not_allowed'],
  ['POST', '/api/jobs', '{"runbook": ', 400, 'invalid_request'],
  ['POST', '/api/jobs', '"text"', 400, 'invalid_request'],
  ['POST', '/api/jobs', JSON.stringify({ runbook: 'x'.repeat(1_100_000) }), 413, 'body_too_large'],
  ['POST', '/api/runbooks/validate', '{"source": "a\\u0000b"}', 400, 'invalid_request'],
  ['POST', '/api/runbooks/validate', '{"source": "\\ud800"}', 400, 'invalid_request'],
  ['GET', '/api/jobs/%00', undefined, 400, 'invalid_request'],
  ['GET', '/api/jobs/%E0%A4%A', undefined, 400, 'invalid_request'],
  ['GET', `/api/jobs/${'x'.repeat(500)}`, undefined, 404, 'not_found'],
  ['GET', '/api/jobs?limit=0', undefined, 400, 'invalid_request'],
  ['GET', '/api/jobs?limit=1e9', undefined, 400, 'invalid_request'],
  ['GET', '/api/jobs?status=sleeping', undefined, 400, 'invalid_request'],
  ['GET', '/api/jobs?q=%00', undefined, 400, 'invalid_request'],
  ['GET', '/api/jobs?from=yesterday', undefined, 400, 'invalid_request'],
  ['GET', '/api/jobs?after=abc', undefined, 400, 'invalid_request'],
  ['GET', '/api/jobs?surprise=1', undefined, 400, 'invalid_request'],
  ['GET', '/api/runbooks/none?version=99999999999', undefined, 404, 'not_found'],
])('%s %s is a problem with a code', async (...row) => {
  const [method, path, body, status, code] = row;
  const answer = await bench.send(method, path, body);
  expect(answer).toMatchObject({ status, body: { code, status } });
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  expect(Problem.safeParse(answer.body).error).toBeUndefined();
});

test('405 names what is allowed', async () => {
  expect((await bench.send('DELETE', '/api/runbooks/x')).headers.get('allow')).toBe('GET, PUT, HEAD');
});

test('HEAD on a stream ends', async () => {
  const answer = await fetch(`${bench.url}/api/stream`, { method: 'HEAD' });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
});

const nasty = [
  '\u0000',
  '\ud800',
  "' or 1=1 --",
  '%',
  '\\',
  '{{',
  '../../etc/passwd',
  '{"a":1}',
  '[]',
  'null',
  '-1',
  '1e400',
  '9'.repeat(400),
  '𝕏'.repeat(60),
  '\r\nx: y',
  '__proto__',
  'constructor',
  '0000-01-01T00:00:00.000Z',
  '9999-12-31T23:59:59.999-14:00',
  '2026-02-30T00:00:00Z',
  Buffer.from('0000-01-01T00:00:00.000Z j-1').toString('base64url'),
  Buffer.from('2026-13-45T99:99:99.999Z j').toString('base64url'),
];
const values = [
  ...nasty,
  null,
  true,
  0,
  -1,
  1e308,
  2 ** 53,
  [],
  {},
  [[]],
  { __proto__: null, a: { b: [] } },
  JSON.parse('{"__proto__": {"x": "1"}}') as object,
];

test('nothing that a client can put into path or query is an error of ours', async () => {
  for (const route of Object.values(routes)) {
    if (route.method !== 'get') continue;
    for (const value of nasty) {
      const encoded = encodeURIComponent(Buffer.from(value).toString());
      const path = route.path.replace(/\{\w+\}/g, encoded);
      const names = ['status', 'runbook', 'q', 'from', 'to', 'limit', 'after', 'version', 'download', 'list', 'jobs', encoded];
      const paths = [
        path,
        ...(/stream|events/.test(path) ? [] : names.map((name) => `${path}?${name}=${encoded}`)),
        `${path}?${encoded}&${encoded}=${encoded}`,
      ];
      const answers = paths.map(async (each) => {
        const answer = await fetch(bench.url + each, { signal: AbortSignal.timeout(20_000) });
        await answer.body?.cancel();
        return [each, answer.status] as const;
      });
      for (const [each, status] of await Promise.all(answers)) expect(status, each).toBeLessThan(500);
    }
  }
}, 120_000);

test('nothing that a client can put into a body is an error of ours', async () => {
  const fields: Record<string, string[]> = {
    '/api/jobs': ['runbook', 'runbookId', 'version', 'inputs', 'secrets', 'requestedBy'],
    '/api/runbooks': ['source', 'id'],
    '/api/runbooks/validate': ['source'],
    '/api/jobs/j-1/pause': ['comment', 'actor'],
  };
  for (const [path, names] of Object.entries(fields)) {
    for (const value of values) {
      const bodies = [
        value,
        ...names.map((name) => ({ [name]: value })),
        ...names.map((name) => ({ runbookId: 'x', source: 'title: x', [name]: { a: value } })),
      ];
      const answers = await Promise.all(bodies.map((body) => bench.send('POST', path, JSON.stringify(body))));
      answers.forEach((answer, index) => expect(answer.status, `${path} ${JSON.stringify(bodies[index])}`).toBeLessThan(500));
    }
  }
  const deep = `{"runbook":${'['.repeat(200_000)}${']'.repeat(200_000)}}`;
  expect((await bench.send('POST', '/api/jobs', deep)).status).toBe(400);
}, 60_000);

test('a runbook that spells NUL and half surrogates in YAML is stored, or refused, but never an error of ours', async () => {
  const source = 'title: "a\\0b\\uD800c"\nsteps:\n  - {id: one, ordinal: 1, description: "\\0", action: {type: wait, duration: 1}}\n';
  const saved = await bench.send('POST', '/api/runbooks', { source, id: 'odd' });
  expect(saved.status).toBeLessThan(500);
  expect((await bench.send('POST', '/api/jobs', { runbook: source })).status).toBeLessThan(500);
});

test.each([
  'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
  'GET / HTTP/1.0\r\n\r\n',
  'BREW / HTTP/1.1\r\nHost: x\r\n\r\n',
  '\0\0\0\r\n\r\n',
])('raw bytes %j end with a refusal', async (bytes) => {
  const answer = await new Promise<string>((resolve, reject) => {
    let text = '';
    const socket = net.connect(Number(new URL(bench.url).port), '127.0.0.1', () => socket.write(bytes));
    socket.on('data', (chunk) => {
      text += chunk.toString();
      socket.end();
    });
    socket.on('close', () => resolve(text));
    socket.on('error', reject);
  });
  expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
});
