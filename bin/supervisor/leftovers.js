/** What runs is written down, so that the next start can end what a killed supervisor left. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { signalGroup, startTime, until } from '../process.js';

const PATIENCE_MS = 3000;

/** @typedef {{ pid: number, startTime: string | null, boot: string, stopSignal: NodeJS.Signals }} Leftover */

/** pids and start times mean nothing after the machine was started anew */
const bootId = () => {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
};

/**
 * @param {string} folder
 * @param {string} name of the part
 * @param {{ pid: number, stopSignal: NodeJS.Signals }} process
 */
export function record(folder, name, { pid, stopSignal }) {
  writeFileSync(join(folder, `${name}.pid`), JSON.stringify({ pid, startTime: startTime(pid), boot: bootId(), stopSignal }));
}

/**
 * @param {string} folder
 * @param {string} name
 */
export const forget = (folder, name) => rmSync(join(folder, `${name}.pid`), { force: true });

/**
 * Ends what an earlier supervisor left: asks first, and kills after 3 s. Touches only what is proved to be the process that was written down.
 * @param {string} folder
 * @returns {Promise<string[]>} names of the parts that were ended
 */
export async function reapLeftovers(folder) {
  const names = readdirSync(folder)
    .filter((file) => file.endsWith('.pid'))
    .map((file) => file.slice(0, -'.pid'.length));
  const ended = await Promise.all(names.map(async (name) => ((await end(join(folder, `${name}.pid`))) ? name : null)));
  for (const name of names) forget(folder, name);
  return ended.filter((name) => name !== null);
}

/** @param {string} file */
async function end(file) {
  const leftover = read(file);
  if (!leftover || leftover.boot !== bootId()) return false;
  const { pid } = leftover;
  const now = startTime(pid);
  // another process has this number: not ours
  if (now !== null && now !== leftover.startTime) return false;
  if (now !== null) {
    process.kill(pid, leftover.stopSignal);
    await until(() => startTime(pid) !== leftover.startTime, { timeoutMs: PATIENCE_MS, what: file }).catch(() => {});
  }
  // the rest of its group, which may have outlived its leader; no new group can have this number while one of it lives
  return signalGroup(pid, 'SIGKILL') || now !== null;
}

/**
 * @param {string} file
 * @returns {Leftover | null}
 */
function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}
