import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createHostClient, type HostClient } from '../../src/host/client.ts';
import type { Trace } from '../../src/host/leftovers.ts';
import { isAlive } from '../../src/host/processes.ts';
import { sandbox, tempFolder } from './harness.ts';

type HostProcess = { child: ChildProcess; client: HostClient; lines: () => string; exited: Promise<number | null> };

function startProcess(home: string): HostProcess {
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/host.main.ts'], {
    env: { ...process.env, UNDERSTUDY_HOME: home, UNDERSTUDY_SANDBOX: sandbox ? 'on' : 'off', UNDERSTUDY_BROWSERS: '2' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let lines = '';
  child.stdout.on('data', (text: Buffer) => (lines += text.toString()));
  child.stderr.on('data', (text: Buffer) => (lines += text.toString()));
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const client = createHostClient(join(home, 'host.sock'));
  onTestFinished(async () => {
    client.close();
    child.kill('SIGKILL');
    await exited;
  });
  return { child, client, lines: () => lines, exited };
}

const ready = (host: HostProcess): Promise<void> =>
  vi.waitFor(() => expect(host.lines()).toContain('"msg":"host ready"'), { timeout: 20_000 });

async function openBrowser({ client }: HostProcess, home: string): Promise<Trace> {
  const { epoch } = await client.call('attach', {});
  await client.call('open', { jobId: 'job', epoch, values: [] });
  const { browsers } = JSON.parse(readFileSync(join(home, 'host', 'browsers.json'), 'utf8')) as { browsers: Trace[] };
  const [trace] = browsers;
  if (!trace) throw new Error('no browser');
  return trace;
}

const descriptorsOf = (endpoint: string): string[] => {
  const folder = join(homedir(), '.cache', 'ms-playwright', 'b');
  return existsSync(folder) ? readdirSync(folder).filter((name) => readFileSync(join(folder, name), 'utf8').includes(endpoint)) : [];
};

test('killed with SIGKILL the host leaves no process, and the next host removes its files', { timeout: 60_000 }, async () => {
  const home = tempFolder();
  const first = startProcess(home);
  await ready(first);
  const { pid, profile, artifacts, endpoint } = await openBrowser(first, home);
  expect([isAlive(pid), descriptorsOf(endpoint).length, existsSync(profile ?? ''), existsSync(endpoint)]).toEqual([true, 1, true, true]);
  expect(endpoint.startsWith(join(home, 'host', 'sockets'))).toBe(true);
  first.child.kill('SIGKILL');
  await first.exited;
  await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 5000 });

  const second = startProcess(home);
  await ready(second);
  expect([existsSync(profile ?? ''), existsSync(artifacts), existsSync(endpoint), descriptorsOf(endpoint)]).toEqual([
    false,
    false,
    false,
    [],
  ]);
  expect((await second.client.call('stat', {})).epoch).toBeGreaterThan(1);
});

test('a host that is asked to end closes its browsers and exits with 0 within three seconds', { timeout: 60_000 }, async () => {
  const home = tempFolder();
  const host = startProcess(home);
  await ready(host);
  const { pid, profile } = await openBrowser(host, home);
  const asked = Date.now();
  host.child.kill('SIGTERM');
  expect(await host.exited).toBe(0);
  expect(Date.now() - asked).toBeLessThan(3000);
  await vi.waitFor(() => expect(isAlive(pid)).toBe(false));
  expect([existsSync(profile ?? ''), existsSync(join(home, 'host.sock'))]).toEqual([false, false]);
});

test('a second host with the same home says who runs', { timeout: 60_000 }, async () => {
  const home = tempFolder();
  const first = startProcess(home);
  await ready(first);
  const second = startProcess(home);
  expect(await second.exited).not.toBe(0);
  expect(second.lines()).toContain('Another browser host answers');
});
