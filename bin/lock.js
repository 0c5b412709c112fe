/** A lock that is a file, and that nobody holds any more once its process is gone. */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { startTime, until } from './process.js';

/** @typedef {{ pid: number, startTime: string | null, [detail: string]: unknown }} Holder */

/**
 * @param {string} file
 * @returns {Holder | null} the living process that holds it
 */
export function lockHolder(file) {
  const holder = readHolder(file);
  return holder && startTime(holder.pid) === holder.startTime ? holder : null;
}

/** @param {string} file @returns {Holder | null} */
function readHolder(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

/**
 * @param {string} file
 * @param {Record<string, unknown>} [details] for whoever is refused
 * @returns {(() => void) | null} releases it; null: another process holds it
 */
export function tryLock(file, details = {}) {
  mkdirSync(dirname(file), { recursive: true });
  const mine = `${file}.${process.pid}`;
  writeFileSync(mine, JSON.stringify({ pid: process.pid, startTime: startTime(process.pid), ...details }), { mode: 0o644 });
  try {
    if (link(mine, file) || (removeStale(file) && link(mine, file))) return () => rmSync(file, { force: true });
    return null;
  } finally {
    rmSync(mine, { force: true });
  }
}

/**
 * A link is made whole or not at all, so nobody ever reads a lock that is half written.
 * @param {string} from
 * @param {string} to
 */
function link(from, to) {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** @param {string} file */
function removeStale(file) {
  if (lockHolder(file)) return false;
  const aside = `${file}.stale.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    return true;
  }
  const stale = lockHolder(aside) === null;
  // between the look and the move another process had taken it: it gets it back
  if (stale) rmSync(aside, { force: true });
  else renameSync(aside, file);
  return stale;
}

/**
 * Changes what the lock tells others; only its holder may.
 * @param {string} file
 * @param {Record<string, unknown>} details
 */
export function describeLock(file, details) {
  const holder = lockHolder(file);
  if (holder?.pid !== process.pid) throw new Error(`${file} is not ours`);
  writeFileSync(`${file}.new`, JSON.stringify({ ...holder, ...details }));
  renameSync(`${file}.new`, file);
}

/**
 * @template T
 * @param {string} file
 * @param {() => Promise<T>} work
 * @returns {Promise<T>} what `work` gives, done while no other process does it
 */
export async function withLock(file, work) {
  const release = await until(() => tryLock(file), { timeoutMs: 15 * 60_000, everyMs: 200, what: `the lock ${file}` });
  try {
    return await work();
  } finally {
    release();
  }
}
