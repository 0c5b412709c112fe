import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createHostClient } from '../../src/host/client.ts';
import { sandbox, tempFolder } from './harness.ts';
import { flaws, openRecorded, step } from './recordings.ts';

function startProcess(home: string): { child: ChildProcess; lines: () => string; exited: Promise<number | null> } {
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/host.main.ts'], {
    env: { ...process.env, UNDERSTUDY_HOME: home, UNDERSTUDY_SANDBOX: sandbox ? 'on' : 'off', UNDERSTUDY_BROWSERS: '2' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let lines = '';
  child.stdout.on('data', (text: Buffer) => (lines += text.toString()));
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  return { child, lines: () => lines, exited };
}

test('a host that is killed leaves a part of the video that can be played, and says what is missing', { timeout: 90_000 }, async () => {
  const home = tempFolder();
  const first = startProcess(home);
  await vi.waitFor(() => expect(first.lines()).toContain('host ready'), { timeout: 20_000 });
  expect(first.lines()).toContain('videos of jobs can be recorded');
  const client = createHostClient(join(home, 'host.sock'));
  onTestFinished(() => client.close());
  const { page, epoch } = await openRecorded(client, { video: true, trace: true });
  await step(client, { epoch, instance: 1 }, () =>
    page.evaluate(async () => {
      const end = performance.now() + 2500;
      while (performance.now() < end) {
        document.body.textContent = String(performance.now());
        await new Promise(requestAnimationFrame);
      }
    }),
  );
  first.child.kill('SIGKILL');
  await first.exited;

  const second = startProcess(home);
  await vi.waitFor(() => expect(second.lines()).toContain('host ready'), { timeout: 20_000 });
  const { epoch: next } = await client.call('attach', {});
  const { files, missing } = await client.call('recordings', { jobId: 'job', epoch: next });
  expect(files.map(({ kind }) => kind)).toEqual(['video']);
  const [film] = files;
  expect(film?.video?.durationMs).toBeGreaterThan(1500);
  expect(film?.video?.segments).toHaveLength(1);
  expect(flaws(film?.file ?? '')).toBe('');
  expect([...missing].sort()).toEqual([
    'The trace is missing: the browser host was stopped while it recorded.',
    'The video ends early: the browser host was stopped while it recorded.',
  ]);
  await client.call('dropRecordings', { jobId: 'job', epoch: next, files: files.map(({ file }) => file) });
  expect(readdirSync(join(home, 'host', 'recordings'))).toEqual([]);
  expect(readFileSync(join(home, 'host', 'browsers.json'), 'utf8')).toContain('"browsers":[]');
});
