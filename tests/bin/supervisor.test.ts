import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { lockHolder, tryLock } from '../../bin/lock.js';
import { freePort } from '../../bin/ports.js';
import { launch, startTime } from '../../bin/process.js';
import { checksumOf } from '../../bin/setup/temporal.js';
import { reapLeftovers, record } from '../../bin/supervisor/leftovers.js';
import { checkEnvironment, KNOWN } from '../../bin/supervisor/environment.js';
import { openHome } from '../../bin/supervisor/home.js';
import { humanLine } from '../../bin/supervisor/logs.js';
import { createPart } from '../../bin/supervisor/part.js';
import { retryTakenPorts } from '../../bin/supervisor/ports.js';
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

const listen = (port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    onTestFinished(() => void server.close());
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });

test('a start that loses a port to another one is undone and tried again; other failures and an end are not', async () => {
  const taken = await listen(0);
  const undo = vi.fn(() => Promise.resolve());
  const { signal } = new AbortController();
  const ports = [taken, 0];
  await retryTakenPorts(async () => void (await listen(ports.shift() ?? 0)), { undo, signal });
  expect([undo.mock.calls.length, ports]).toEqual([1, []]);
  await expect(retryTakenPorts(() => Promise.reject(new Error('no')), { undo, signal })).rejects.toThrow('no');
  const lose = async () => void (await listen(taken));
  await expect(retryTakenPorts(lose, { undo, signal: AbortSignal.abort() })).rejects.toThrow('EADDRINUSE');
  expect(undo).toHaveBeenCalledTimes(1);
});

test('servers that are not there are named before anything starts, and a password is not told', async () => {
  const wrong = checkEnvironment({ TEMPORAL_ADDRESS: '127.0.0.1:9', DATABASE_URL: 'postgres://me:hidden@127.0.0.1:9/x' });
  await expect(wrong).rejects.toThrow(
    /TEMPORAL_ADDRESS: nothing answers at 127\.0\.0\.1:9 \(ECONNREFUSED\).*\nDATABASE_URL: .* cannot be used/,
  );
  await expect(wrong).rejects.not.toThrow('hidden');
  await expect(checkEnvironment({ TEMPORAL_ADDRESS: 'here' })).rejects.toThrow('TEMPORAL_ADDRESS: here is not host:port');
});

test('a home whose path is too long for a socket is refused before anything starts', async () => {
  const long = checkEnvironment({ UNDERSTUDY_HOME: `/tmp/${'ü'.repeat(50)}` });
  await expect(long).rejects.toThrow(/UNDERSTUDY_HOME: .* is too long for a socket \(\d+ bytes, at most 103\); choose a shorter/);
});

test('a home that is a file is refused with a remedy', () => {
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, '');
  vi.stubEnv('UNDERSTUDY_HOME', file);
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(() => openHome()).toThrow(/^UNDERSTUDY_HOME: .*set it to a folder that you can write$/);
});

test('a part that never starts ends with what it said, without stacks', async () => {
  const entry = JSON.stringify({ level: 60, msg: 'cannot run', err: { message: 'no server', stack: 'at secret.ts' } });
  const args = ['-e', `console.log(${JSON.stringify(entry)}); process.exit(1)`];
  const prepare = () => ({ command: process.execPath, args, ready: /never/ });
  const part = createPart({ name: 'api', prepare, onLine: () => {}, runFolder: temporaryFolder(), say: () => {} });
  await expect(part.start()).rejects.toThrow(/^api could not be started: .*\n {2}FATAL cannot run no server$/);
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
