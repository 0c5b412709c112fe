/** Running things as somebody who is not root: Postgres refuses root, and Chromium's sandbox needs another user. */
import { spawnSync } from 'node:child_process';
import { chownSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** uid and gid of `nobody` */
export const NOBODY = 65534;

export const isRoot = () => process.getuid?.() === 0;

/**
 * @param {string} path
 * @param {'r' | 'x' | 'w'} access
 * @returns {boolean} whether `nobody` can reach it so; asked of the kernel by trying
 */
export function nobodyCan(path, access) {
  return spawnSync('test', [`-${access}`, path], { uid: NOBODY, gid: NOBODY }).status === 0;
}

/** @returns {boolean} whether user namespaces give us a user who is not root but owns root's files */
export function canUnshare() {
  const result = spawnSync('unshare', ['--user', '--map-user=65534', 'id', '-u'], { encoding: 'utf8' });
  return result.status === 0 && result.stdout.trim() === String(NOBODY);
}

/**
 * Gives a folder and all in it to a user; links are changed themselves, never followed.
 * @param {string} path
 * @param {number} uid
 */
export function chownTree(path, uid) {
  const stat = lstatSync(path);
  if (stat.isDirectory()) for (const name of readdirSync(path)) chownTree(join(path, name), uid);
  if (stat.isSymbolicLink() || stat.uid === uid) return;
  chownSync(path, uid, uid);
}
