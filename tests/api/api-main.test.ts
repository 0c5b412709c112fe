import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createEmptyDatabase, type TestDatabase } from '../support/postgres.ts';
import { temporalAddress } from '../support/temporal.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
let made: TestDatabase;
let home: string;
let api: ChildProcess | undefined;

beforeEach(async () => {
  made = await createEmptyDatabase();
  home = await mkdtemp(join(tmpdir(), 'understudy-home-'));
});
afterEach(async () => {
  if (api && api.exitCode === null && api.signalCode === null) {
    api.kill('SIGKILL');
    await once(api, 'exit');
  }
  await made.drop();
  await rm(home, { recursive: true });
});

/** Gives the first log line with the message. */
async function start(port: string, message: string): Promise<Record<string, unknown>> {
  const env = { PATH: process.env.PATH, PORT: port, UNDERSTUDY_HOME: home, DATABASE_URL: made.url, TEMPORAL_ADDRESS: temporalAddress() };
  api = spawn(process.execPath, ['--import', 'tsx', 'src/api.main.ts'], { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: api.stdout as NodeJS.ReadableStream })) {
    const entry = JSON.parse(line) as Record<string, unknown>;
    if (entry.msg === message) return entry;
  }
  throw new Error(`the api ended without saying "${message}"`);
}

test('the process migrates, listens, keeps its key to itself, and ends within two seconds while streams are open', async () => {
  const { url } = (await start('0', 'api ready')) as { url: string };
  expect(await (await fetch(`${url}/readyz`)).json()).toMatchObject({ ok: true });
  const keyFile = join(home, 'api-key');
  expect((await stat(keyFile)).mode & 0o777).toBe(0o600);
  const authorization = `Bearer ${await readFile(keyFile, 'utf8')}`;
  const made = await fetch(`${url}/api/runbooks/validate`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: '{"source":"title: x"}',
  });
  expect(made.status).toBe(200);
  const stream = await fetch(`${url}/api/jobs/stream`);
  const began = performance.now();
  api?.kill('SIGTERM');
  const [code] = (await once(api as ChildProcess, 'exit')) as [number];
  expect([code, performance.now() - began < 2_000]).toEqual([0, true]);
  await stream.text().catch(() => undefined);
});

test('a taken port is a clear failure', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const port = String((taken.address() as AddressInfo).port);
  const { err } = (await start(port, 'the api cannot run')) as { err: { message: string } };
  expect(err.message).toBe(`port ${port} on 127.0.0.1 is taken: set PORT to a free one`);
  taken.close();
});
