import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { hostMark } from '../../src/host/chromium.ts';
import { openEpoch } from '../../src/host/epoch.ts';
import type { Entry } from '../../src/host/gate.ts';
import { openLedger } from '../../src/host/ledger.ts';
import { takeOver } from '../../src/host/leftovers.ts';
import { isAlive, startTimeOf } from '../../src/host/processes.ts';
import { createVault } from '../../src/vault/vault.ts';
import { begin, tempFolder, testHost } from './harness.ts';

const newVault = () => createVault(randomBytes(32).toString('hex'));
const value = (name: string): Entry => ({ kind: 'values', values: [{ name, value: `secret-${name}`, sensitive: true }] });

test('a ledger gives back what was appended, sealed in the file, and goes on after a torn line', () => {
  const file = join(tempFolder(), 'a.ledger');
  const vault = newVault();
  const first = openLedger(file, vault);
  first.append([value('a'), { kind: 'shut', gen: 3 }]);
  first.append([value('b')]);
  first.close();
  expect(readFileSync(file, 'utf8')).not.toMatch(/secret|values|shut/);
  expect(statSync(file).mode & 0o777).toBe(0o600);

  const line = readFileSync(file, 'utf8').split('\n')[0] ?? '';
  appendFileSync(file, line.slice(0, 20));
  const second = openLedger(file, vault);
  expect(second.entries).toEqual([value('a'), { kind: 'shut', gen: 3 }, value('b')]);
  second.append([value('c')]);
  second.close();
  const third = openLedger(file, vault);
  expect(third.entries.at(-1)).toEqual(value('c'));
  third.remove();
  expect(existsSync(file)).toBe(false);
});

test('a ledger that another key has sealed is no empty ledger', () => {
  const file = join(tempFolder(), 'a.ledger');
  const ledger = openLedger(file, newVault());
  ledger.append([value('a')]);
  ledger.close();
  expect(() => openLedger(file, newVault())).toThrow(expect.objectContaining({ code: 'ledger_unreadable' }));
});

test('what was forced to the disk is there', async () => {
  const ledger = openLedger(join(tempFolder(), 'a.ledger'), newVault());
  ledger.append([value('a')]);
  await expect(ledger.flush()).resolves.toBeUndefined();
  ledger.close();
});

test('the epoch rises with every worker and every start', () => {
  const file = join(tempFolder(), 'epoch');
  const epoch = openEpoch(file);
  const before = epoch.raise();
  expect(openEpoch(file).value).toBe(before + 1);
});

/** Stands for a browser that has outlived its host: leads a process group, like Chromium. */
function stray(argument: string): number {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', '--', argument], { detached: true, stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child.pid ?? 0;
}

test('taking a folder over ends the browsers of the dead host, and nothing else', async () => {
  const dir = tempFolder();
  const [ours, others] = [stray(hostMark(dir)), stray(hostMark('/elsewhere'))];
  const artifacts = join(dir, 'artifacts-x');
  const outside = tempFolder();
  mkdirSync(artifacts);
  const browsers = [ours, others].map((pid) => ({ pid, profile: outside, artifacts: pid === ours ? artifacts : outside, endpoint: '' }));
  writeFileSync(join(dir, 'browsers.json'), JSON.stringify({ host: { pid: others, startTime: '1' }, browsers }));
  await vi.waitFor(() => expect([isAlive(ours), isAlive(others)]).toEqual([true, true]));
  takeOver(dir, tempFolder()).close();
  await vi.waitFor(() => expect(isAlive(ours)).toBe(false));
  expect([isAlive(others), existsSync(artifacts), existsSync(outside)]).toEqual([true, false, true]);
});

test('a folder that a living host uses is not taken over', () => {
  const dir = tempFolder();
  const pid = stray('host');
  writeFileSync(join(dir, 'browsers.json'), JSON.stringify({ host: { pid, startTime: startTimeOf(pid) }, browsers: [] }));
  expect(() => takeOver(dir, tempFolder())).toThrow(`process ${pid}`);
});

test('a job whose ledger cannot be read says so, and can be closed', async () => {
  const host = await testHost();
  const { epoch } = await host.client.call('attach', {});
  const file = join(host.options.dir, 'ledgers', 'job.ledger');
  writeFileSync(file, `${newVault().seal('[]').toString('base64')}\n`);
  await expect(host.client.call('begin', begin(1, epoch))).rejects.toMatchObject({ code: 'ledger_unreadable' });
  await host.client.call('close', { jobId: 'job' });
  expect(existsSync(file)).toBe(false);
});
