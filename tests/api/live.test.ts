import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { Artifact } from '../../src/contract/artifact.ts';
import { StreamMessages } from '../../src/contract/stream.ts';
import { recordArtifact } from '../../src/db/artifacts.ts';
import { project } from '../../src/db/projection.ts';
import { HostError } from '../../src/host/client.ts';
import type { HostLiveMessage } from '../../src/host/protocol.ts';
import { created, tasks } from '../db/jobs.ts';
import { openApiBench, type ApiBench } from './api-bench.ts';
import { listen, type SseClient } from './sse-client.ts';

/** The host's side: whoever watches which job, and what they are told. */
type Watch = { jobId: string; tell: (message: HostLiveMessage) => void; fail: () => void; signal: AbortSignal };
const watches: Watch[] = [];
const clients: SseClient[] = [];
const sockets: Socket[] = [];
let bench: ApiBench;
let answers = true;

beforeAll(async () => {
  bench = await openApiBench({
    workers: false,
    watchHost: (jobId, tell, signal) =>
      new Promise((resolve, reject) => {
        if (!answers) return reject(new HostError('unavailable', 503, 'away'));
        watches.push({ jobId, tell, signal, fail: () => reject(new HostError('unavailable', 503, 'broken')) });
        signal.addEventListener('abort', () => resolve());
      }),
  });
  for (const id of ['j-1', 'j-2']) await project(bench.deps.database.db, tasks(id, [created(id)]).task(0, 1));
});
afterEach(async () => {
  clients.splice(0).forEach((client) => client.close());
  sockets.splice(0).forEach((socket) => socket.destroy());
  answers = true;
  await vi.waitFor(() => expect(bench.api.watching).toEqual({ jobs: 0, live: 0, streams: 0 }), { timeout: 5_000 });
  watches.length = 0;
});
afterAll(() => bench.close());

const open = (path: string): SseClient => {
  const client = listen(bench.url + path);
  clients.push(client);
  return client;
};
const frame = (n: number, size = 60_000): HostLiveMessage => ({
  ...{ type: 'frame', at: Date.now(), url: 'http://shop.test/', width: 1280, height: 720 },
  jpeg: `${n}:`.padEnd(size, 'x'),
});
const upstream = async (): Promise<Watch> => {
  await vi.waitFor(() => expect(watches.some(({ signal }) => !signal.aborted)).toBe(true));
  return watches.findLast(({ signal }) => !signal.aborted) as Watch;
};
const pictures = (client: SseClient): string[] =>
  client.of('screenshot').map(({ data }) => (data['frame'] as { jpeg: string }).jpeg.split(':')[0] ?? '');
const states = (client: SseClient): unknown[] => client.of('live').map(({ data }) => data['state']);

test('pictures come to who asks for them, with what the step does, and to nobody else', async () => {
  const [watching, other] = [open('/api/jobs/j-1/events?live=1'), open('/api/jobs/j-1/events')];
  const host = await upstream();
  host.tell({ type: 'state', state: 'moving', since: 5 });
  host.tell({ type: 'doing', doing: { stepId: 'pay', phase: 'looking', attempt: 1, retries: 0, at: 6 } });
  host.tell(frame(1));
  await watching.until(() => pictures(watching).length === 1);
  const message = StreamMessages.screenshot.parse(watching.of('screenshot')[0]?.data);
  expect(message).toMatchObject({ jobId: 'j-1', frame: { url: 'http://shop.test/', doing: { stepId: 'pay' } } });
  expect(message.frame.sentAt).toBeGreaterThanOrEqual(message.frame.at);
  expect(StreamMessages.live.parse(watching.of('live').at(-1)?.data)).toMatchObject({
    state: 'moving',
    since: 5,
    doing: { stepId: 'pay' },
  });
  expect([...other.of('screenshot'), ...other.of('live')]).toEqual([]);
});

test('two hundred viewers of a job cost one connection to the host, which ends after the last has left', async () => {
  const viewers = Array.from({ length: 200 }, () => open('/api/stream?jobs=j-1&live=j-1'));
  await Promise.all(viewers.map((viewer) => viewer.until(() => viewer.of('ready').length > 0)));
  const host = await upstream();
  host.tell(frame(1, 1_000));
  await Promise.all(viewers.map((viewer) => viewer.until(() => pictures(viewer).length === 1)));
  expect(watches).toHaveLength(1);
  viewers.forEach((viewer) => viewer.close());
  await vi.waitFor(() => expect(host.signal.aborted).toBe(true), { timeout: 5_000 });
});

test('who comes later gets the last picture at once', async () => {
  open('/api/jobs/j-1/events?live=1');
  const host = await upstream();
  host.tell({ type: 'state', state: 'moving', since: 1 });
  host.tell(frame(7));
  host.tell({ type: 'state', state: 'quiet', since: 2 });
  const late = open('/api/jobs/j-1/events?live=1');
  await late.until(() => pictures(late).length === 1);
  expect([pictures(late), states(late)]).toEqual([['7'], ['quiet']]);
  expect(watches).toHaveLength(1);
});

test('a picture that was taken back is given to nobody who comes later', async () => {
  open('/api/jobs/j-1/events?live=1');
  const host = await upstream();
  host.tell({ type: 'state', state: 'moving', since: 1 });
  host.tell(frame(1));
  host.tell({ type: 'forget' });
  const late = open('/api/jobs/j-1/events?live=1');
  await late.until(() => states(late).length === 1);
  host.tell(frame(2));
  await late.until(() => pictures(late).length > 0);
  expect(pictures(late)).toEqual(['2']);
});

test('nothing is said of a browser before its host has been heard', async () => {
  const client = open('/api/jobs/j-1/events?live=1');
  const host = await upstream();
  await client.until(() => client.of('snapshot').length === 1);
  host.tell({ type: 'state', state: 'quiet', since: 1 });
  await client.until(() => states(client).length > 0);
  expect(states(client)).toEqual(['quiet']);
});

test('a host that goes away is told, and followed again when it is back', async () => {
  const client = open('/api/jobs/j-1/events?live=1');
  const host = await upstream();
  host.tell({ type: 'state', state: 'moving', since: 1 });
  answers = false;
  host.fail();
  await client.until(() => states(client).at(-1) === 'unreachable');
  answers = true;
  await vi.waitFor(() => expect(watches).toHaveLength(2), { timeout: 5_000 });
  watches[1]?.tell({ type: 'state', state: 'none', since: 3 });
  await client.until(() => states(client).at(-1) === 'none');
});

test('a client that does not read gets no stale pictures, and costs no memory; the newest one comes when it reads again', async () => {
  const { port } = new URL(bench.url);
  const deaf: Socket = connect(Number(port), '127.0.0.1');
  sockets.push(deaf);
  deaf.write(`GET /api/jobs/j-1/events?live=1 HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n\r\n`);
  deaf.pause();
  const host = await upstream();
  const reading = open('/api/jobs/j-1/events?live=1');
  const before = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
  const count = 600;
  for (let n = 1; n <= count; n += 1) {
    host.tell(frame(n));
    // who reads is not held up by who does not
    if (n % 20 === 0) await reading.until(() => pictures(reading).at(-1) === String(n));
  }
  const grown = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed - before;
  // the reading client of this test keeps all of its 36 MB of text in this process
  expect(grown).toBeLessThan(150_000_000);
  let text = '';
  deaf.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
  deaf.resume();
  await vi.waitFor(() => expect(text).toContain(`"jpeg":"${count}:`), { timeout: 10_000 });
  const got = text.match(/"jpeg":"\d+:/g)?.length ?? 0;
  expect(got).toBeLessThan(count / 2);
});

test('what is large is no sign of a client that does not read', async () => {
  const reading = open('/api/jobs/j-1/events?live=1');
  const host = await upstream();
  await reading.until(() => reading.of('snapshot').length === 1);
  for (let n = 1; n <= 3; n += 1) {
    host.tell(frame(n, 8_000_000));
    await new Promise(setImmediate);
    host.tell({ type: 'state', state: 'moving', since: n });
    await reading.until(() => pictures(reading).at(-1) === String(n) && reading.of('live').at(-1)?.data['since'] === n);
  }
  expect(reading.of('snapshot')).toHaveLength(1);
});

test.each([
  ['/api/stream?jobs=j-1&live=j-2', 'live'],
  ['/api/stream?live=j-1', 'live'],
  ['/api/stream?jobs=a,b,c,d,e&live=a,b,c,d,e', 'live'],
  ['/api/jobs/j-1/events?live=yes', 'live'],
])('%s is refused with the field that is wrong', async (path, field) => {
  const answer = await bench.get<{ errors: { path: string }[] }>(path);
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(answer.status).toBeLessThan(500);
  expect(answer.body.errors[0]?.path).toBe(field);
});

test('whoever watches a job hears of its files as they come', async () => {
  const [one, several] = [open('/api/jobs/j-1/events'), open('/api/stream?jobs=j-1,j-2')];
  await one.until(() => one.of('snapshot').length === 1);
  await several.until(() => several.of('ready').length === 1);
  const artifact: Artifact = {
    ...{ id: 'f-1', jobId: 'j-1', stepId: 's', kind: 'screenshot', name: 's.jpg', type: 'image/jpeg', bytes: 3, sha256: 'ab' },
    createdAt: new Date().toISOString(),
    detail: { because: 'step' },
  };
  await recordArtifact(bench.deps.database.db, artifact);
  for (const client of [one, several]) {
    await client.until(() => client.of('artifact').length === 1);
    expect(StreamMessages.artifact.parse(client.of('artifact')[0]?.data)).toEqual({ jobId: 'j-1', artifact });
  }
});
