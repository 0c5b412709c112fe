import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../root.js';
import { run } from '../run.js';
import { note } from './steps.js';

/** @typedef {{ packages: Record<string, { version?: string, optional?: boolean, os?: string[], cpu?: string[], libc?: string[] }> }} Lockfile */

/**
 * Installs what package-lock.json says, when node_modules is something else. Not by `npm ci`: it refuses a lock file that lacks an optional package for
 * some other system, and registries that lag behind make npm write such lock files.
 * @returns {Promise<string>}
 */
export async function ensurePackages() {
  if (installed(ROOT)) return 'installed';
  note('installing packages (npm install)');
  await run('npm', ['install', '--no-save', '--no-audit', '--no-fund'], { cwd: ROOT });
  return 'installed now (npm install)';
}

/**
 * npm keeps in node_modules a record of what it installed: the two must agree. Packages for other systems are not there, and need not be.
 * @param {string} root
 */
export function installed(root) {
  const record = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  /** @type {Lockfile} */
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  /** @type {Lockfile} */
  const have = JSON.parse(readFileSync(record, 'utf8'));
  return Object.entries(wanted.packages).every(
    ([path, entry]) => path === '' || entry.optional || have.packages[path]?.version === entry.version,
  );
}
