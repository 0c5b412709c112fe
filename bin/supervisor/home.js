/** The folder that holds everything this installation keeps. */
import { randomBytes } from 'node:crypto';
import { accessSync, chownSync, constants, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { chownTree } from '../unprivileged.js';

/** what the supervisor and the servers that have users of their own keep there */
const NOT_FOR_PARTS = new Set(['run', 'logs', 'postgres', 'temporal']);

/** @typedef {{ path: string, run: string, logs: string }} Home */

/**
 * Made on the first start. Others may pass through it, since Postgres and the browser can run as another user, but not list it.
 * @returns {Home}
 * @throws {Error} when it is no folder, or one that we cannot write
 */
export function openHome() {
  const path = resolve(process.env.UNDERSTUDY_HOME || '.understudy');
  const home = { path, run: join(path, 'run'), logs: join(path, 'logs') };
  try {
    mkdirSync(path, { recursive: true, mode: 0o711 });
    mkdirSync(home.run, { recursive: true, mode: 0o711 });
    mkdirSync(home.logs, { recursive: true, mode: 0o700 });
    for (const folder of [path, home.run, home.logs]) accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`UNDERSTUDY_HOME: ${path} cannot hold the data (${reason}); set it to a folder that you can write`, { cause: error });
  }
  return home;
}

/**
 * The key that encrypts secrets at rest. The parts start at the same time, so it is made before any of them.
 * @param {Home} home
 * @returns {string} 64 hex digits
 */
export function ensureKey(home) {
  const file = join(home.path, 'key');
  if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString('hex'), { mode: 0o600, flag: 'wx' });
  return readFileSync(file, 'utf8').trim();
}

/**
 * Gives the parts' own files to the user that they run as.
 * @param {Home} home
 * @param {number} uid
 */
export function giveHomeTo(home, uid) {
  chownSync(home.path, uid, uid);
  for (const name of readdirSync(home.path)) if (!NOT_FOR_PARTS.has(name)) chownTree(join(home.path, name), uid);
}
