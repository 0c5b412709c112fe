import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { lockHolder, tryLock } from '../../bin/lock.js';
import { freePort } from '../../bin/ports.js';
import { launch, startTime } from '../../bin/process.js';
import { checksumOf } from '../../bin/setup/temporal.js';
import { KNOWN } from '../../bin/supervisor/environment.js';
import { reapLeftovers, record } from '../../bin/supervisor/leftovers.js';
import { humanLine } from '../../bin/supervisor/logs.js';
import { countsLine, countsOf } from '../../bin/test-run.js';

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-bin-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test('a lock is held once, and free again when it is released', () => {
  const file = join(temporaryFolder(), 'lock');
  const release = tryLock(file);
  expect(tryLock(file)).toBeNull();
  release?.();
  expect(tryLock(file)).not.toBeNull();
});

test('a lock whose process is gone is taken over, even when its number is used again', () => {
  const file = join(temporaryFolder(), 'lock');
  writeFileSync(file, JSON.stringify({ pid: process.pid, startTime: '1' }));
  expect(lockHolder(file)).toBeNull();
  expect(tryLock(file)).not.toBeNull();
});

test('what a killed supervisor left is ended, and a stranger with the same number is not', async () => {
  const folder = temporaryFolder();
  const args = ['-e', 'console.log("up"); setInterval(() => {}, 1000)'];
  const [ours, stranger] = [
    launch({ command: process.execPath, args, ready: /up/ }),
    launch({ command: process.execPath, args, ready: /up/ }),
  ];
  onTestFinished(() => stranger.stop());
  await Promise.all([ours.ready, stranger.ready]);
  record(folder, 'ours', { pid: ours.child.pid ?? 0, stopSignal: 'SIGTERM' });
  record(folder, 'stranger', { pid: stranger.child.pid ?? 0, stopSignal: 'SIGTERM' });
  const file = join(folder, 'stranger.pid');
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), startTime: '1' }));
  expect(await reapLeftovers(folder)).toEqual(['ours']);
  expect(await ours.ended).toBe('SIGTERM');
  expect(startTime(stranger.child.pid ?? 0)).not.toBeNull();
});

test('a port that is taken is passed over', async () => {
  const server = createServer();
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const taken = typeof address === 'object' && address ? address.port : 0;
  expect(await freePort([taken])).not.toBe(taken);
});

test('every setting of ours in src/config.ts can be set', () => {
  const source = readFileSync(fileURLToPath(new URL('../../src/config.ts', import.meta.url)), 'utf8');
  const names = [...source.matchAll(/^ {2}(UNDERSTUDY_\w+):/gm)].map(([, name]) => name ?? '');
  expect(names.length).toBeGreaterThan(5);
  expect(names.filter((name) => !KNOWN.has(name))).toEqual([]);
});

test('a log line loses what could write to the terminal by itself', () => {
  const line = JSON.stringify({ level: 40, msg: 'title \u001b]0;owned\u0007', url: 'http://x' });
  expect(humanLine(line)).toBe('WARN title ]0;owned url=http://x');
});

test('a checksum is found by the exact name of the file', () => {
  const sum = 'a'.repeat(64);
  expect(checksumOf(`${'b'.repeat(64)}  other-x.tar.gz\n${sum}  x.tar.gz\n`, 'x.tar.gz')).toBe(sum);
  expect(() => checksumOf('', 'x.tar.gz')).toThrow(/no checksum of x.tar.gz/);
});

test('a run in which nothing ran, or that broke off, is a failure', () => {
  const nothing = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [] };
  expect(countsOf(nothing, 0).failed).toBe(1);
  expect(countsOf(null, 0).failed).toBe(1);
  expect(countsOf({ ...nothing, numPassedTests: 3 }, 1).failed).toBe(1);
  expect(countsLine(countsOf({ ...nothing, numPassedTests: 3, numPendingTests: 2 }, 0))).toBe('3 passed, 0 failed, 2 skipped');
});
