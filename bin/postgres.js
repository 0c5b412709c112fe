/** The embedded PostgreSQL server: its first start, and how to launch it. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chooseRunner, REMEDY, runProgram } from './postgres-programs.js';
import { chownTree } from './unprivileged.js';

const USER = 'understudy';
const SETTINGS = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'shared_buffers=64MB',
  'max_connections=100',
  'fsync=on',
  'log_timezone=UTC',
  'timezone=UTC',
];

/** @typedef {import('./postgres-programs.js').Runner} Runner */

/**
 * Makes the cluster on the first start and says how to launch the server. TCP on 127.0.0.1 alone, with a random password that is kept in `<directory>/password` (0600).
 * @param {{ directory: string, port: number, settings?: string[] }} options `settings` are further `name=value` pairs
 * @returns {import('./process.js').LaunchSpec & { url: string }} `url` is of the database `understudy`
 * @throws {Error} when PostgreSQL cannot run here, with what to do instead
 */
export function preparePostgres({ directory, port, settings = [] }) {
  mkdirSync(directory, { recursive: true, mode: 0o711 });
  const runner = chooseRunner(directory);
  const data = join(directory, 'data');
  if (!existsSync(join(data, 'PG_VERSION'))) createCluster(runner, directory);
  else if (statSync(data).uid !== owner(runner)) chownTree(data, owner(runner));
  const [command = '', ...args] = [...runner.wrap, join(runner.native, 'bin', 'postgres'), '-D', data, '-p', String(port)];
  for (const setting of [...SETTINGS, ...settings]) args.push('-c', setting);
  const password = readFileSync(join(directory, 'password'), 'utf8').trim();
  return {
    command,
    args,
    cwd: '/',
    env: { PATH: process.env.PATH, LC_ALL: 'C' },
    ...(runner.uid === undefined ? {} : { uid: runner.uid, gid: runner.uid }),
    ready: /database system is ready to accept connections/,
    // "fast": open transactions are rolled back; TERM would wait for every client to go
    stopSignal: 'SIGINT',
    url: `postgres://${USER}:${password}@127.0.0.1:${port}/${USER}`,
  };
}

/** @param {Runner} runner */
const owner = (runner) => runner.uid ?? process.getuid?.() ?? 0;

/**
 * Made under another name and renamed, so that a start that was interrupted leaves nothing half made.
 * @param {Runner} runner
 * @param {string} directory
 */
function createCluster(runner, directory) {
  const making = join(directory, 'making');
  rmSync(making, { recursive: true, force: true });
  mkdirSync(making, { mode: 0o700 });
  chownTree(making, owner(runner));
  const password = randomBytes(24).toString('hex');
  writeFileSync(join(directory, 'password'), `${password}\n`, { mode: 0o600 });
  const passwordFile = join(directory, 'making-password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  chownTree(passwordFile, owner(runner));
  const args = ['-D', making, '-U', USER, '--auth=scram-sha-256', `--pwfile=${passwordFile}`, '--locale=C', '--encoding=UTF8', '--no-sync'];
  expectSuccess('initdb', runProgram(runner, 'initdb', { args }));
  rmSync(passwordFile);
  const created = runProgram(runner, 'postgres', { args: ['--single', '-D', making, 'postgres'], input: `CREATE DATABASE ${USER};\n` });
  expectSuccess('create database', created);
  renameSync(making, join(directory, 'data'));
}

/**
 * @param {string} what
 * @param {import('node:child_process').SpawnSyncReturns<string>} result
 */
function expectSuccess(what, result) {
  if (result.status === 0) return;
  throw new Error(`PostgreSQL: ${what} failed: ${result.error?.message ?? ''}${result.stderr.trim().slice(-600)}. ${REMEDY}`);
}
