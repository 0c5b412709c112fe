/** Starting, watching and ending child processes. No dependencies: this runs before `npm install` has. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * What to start, and how to see that it is ready.
 * @typedef {object} LaunchSpec
 * @property {string} command
 * @property {string[]} args
 * @property {NodeJS.ProcessEnv} [env] the whole environment of the child; default: ours
 * @property {string} [cwd]
 * @property {number} [uid]
 * @property {number} [gid]
 * @property {RegExp} ready a line of its output that says it is ready
 * @property {NodeJS.Signals} [stopSignal] default SIGTERM
 *
 * @typedef {object} Launched
 * @property {import('node:child_process').ChildProcess} child
 * @property {Promise<void>} ready rejects with the last lines of output when the child ends before it is ready
 * @property {Promise<string>} ended resolves with how it ended ("exit 1", "SIGKILL")
 * @property {(graceMs?: number) => Promise<void>} stop ends the child and its whole process group; default grace 4 s
 */

/**
 * Starts a child as leader of its own process group, so that Ctrl-C in the terminal reaches only us and we end things in order.
 * @param {LaunchSpec} spec
 * @param {(line: string) => void} [onLine]
 * @returns {Launched}
 */
export function launch(spec, onLine = () => {}) {
  const child = spawn(spec.command, spec.args, {
    env: spec.env ?? process.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(spec.cwd === undefined ? {} : { cwd: spec.cwd }),
    ...(spec.uid === undefined ? {} : { uid: spec.uid, gid: spec.gid ?? spec.uid }),
  });
  /** @type {Promise<string>} */
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? `exit ${code}`));
  });
  const ready = watchOutput(child, { spec, onLine, ended });
  ready.catch(() => {});
  return { child, ready, ended, stop: (graceMs = 4000) => stopGroup(child, { signal: spec.stopSignal ?? 'SIGTERM', ended, graceMs }) };
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {{ spec: LaunchSpec, onLine: (line: string) => void, ended: Promise<string> }} options
 * @returns {Promise<void>}
 */
function watchOutput(child, { spec, onLine, ended }) {
  /** @type {string[]} */
  const last = [];
  return new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue;
      createInterface({ input: stream }).on('line', (line) => {
        last.push(line);
        if (last.length > 15) last.shift();
        onLine(line);
        if (spec.ready.test(line)) resolve();
      });
    }
    void ended.then((how) => reject(new Error(`${spec.command} ended (${how}) before it was ready:\n${last.join('\n')}`)));
  });
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {{ signal: NodeJS.Signals, ended: Promise<string>, graceMs: number }} options
 */
async function stopGroup(child, { signal, ended, graceMs }) {
  const { pid } = child;
  if (pid === undefined) return;
  if (child.exitCode === null && child.signalCode === null) child.kill(signal);
  const timer = setTimeout(() => signalGroup(pid, 'SIGKILL'), graceMs);
  await ended;
  clearTimeout(timer);
  // the leader is gone; whatever it left in its group goes too
  signalGroup(pid, 'SIGKILL');
}

/**
 * @param {number} pid leader of a process group
 * @param {NodeJS.Signals} signal
 * @returns {boolean} whether there was such a group
 */
export function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    return false;
  }
}

/**
 * When a process started, as the kernel counts it: with the pid it names one process for good, which a pid alone does not.
 * @param {number} pid
 * @returns {string | null} null: no such process, or only its zombie
 */
export function startTime(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}

/**
 * @template T
 * @param {() => T | Promise<T>} probe asked until it gives something truthy
 * @param {{ timeoutMs: number, everyMs?: number, what: string }} options
 * @returns {Promise<NonNullable<T>>}
 * @throws {Error} that names `what` after `timeoutMs`
 */
export async function until(probe, { timeoutMs, everyMs = 25, what }) {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const value = await probe();
    if (value) return value;
    if (performance.now() > deadline) throw new Error(`${what}: not within ${timeoutMs / 1000} s`);
    await delay(everyMs);
  }
}
