import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, tryPort } from '../ports.js';

/** 0: any; nobody needs to know it by heart */
const DEFAULTS = { api: 3000, temporal: 7233, temporalUi: 8233, temporalHttp: 0, temporalMetrics: 0, postgres: 5432, practice: 4180 };

/** @typedef {{ [name in keyof typeof DEFAULTS]: number }} Ports */

/**
 * A port of its own for every part: the one of an earlier start, else its usual one, else the next that is free.
 * @param {string} folder where they are remembered
 * @returns {Promise<Ports>}
 * @throws {Error} when PORT was set and is taken
 */
export async function choosePorts(folder) {
  const file = join(folder, 'ports.json');
  const earlier = readEarlier(file);
  /** @type {Set<number>} */
  const taken = new Set();
  const ports = { ...DEFAULTS };
  const wished = process.env.PORT ? Number(process.env.PORT) : undefined;
  if (wished) ports.api = await exactly(wished, taken);
  for (const name of /** @type {(keyof Ports)[]} */ (Object.keys(DEFAULTS))) {
    if (name === 'api' && wished) continue;
    const preferred = [earlier[name] ?? 0, DEFAULTS[name]].filter((port) => port > 0);
    ports[name] = await freePort(preferred.length > 0 ? preferred : [0], taken);
  }
  writeFileSync(file, JSON.stringify(ports));
  return ports;
}

/**
 * @param {number} port
 * @param {Set<number>} taken
 */
async function exactly(port, taken) {
  if ((await tryPort(port)) === null)
    throw new Error(`PORT: ${port} is used by another program; choose another one, or leave PORT unset and a free one is used`);
  taken.add(port);
  return port;
}

/**
 * What is not the usual one, in words.
 * @param {Ports} ports
 * @returns {string[]}
 */
export function movedPorts(ports) {
  const names = /** @type {(keyof Ports)[]} */ (Object.keys(DEFAULTS));
  return names
    .filter((name) => DEFAULTS[name] !== 0 && name !== 'api' && ports[name] !== DEFAULTS[name])
    .map((name) => `${name}: ${DEFAULTS[name]} is taken, so ${ports[name]}`);
}

/**
 * @param {string} file
 * @returns {Partial<Ports>}
 */
function readEarlier(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return {};
  }
}

const ATTEMPTS = 4;
const portIsTaken = /address already in use|EADDRINUSE|port \d+ on \S+ is taken/i;

/**
 * Between the look for a free port and its use another program, a second start for one, may take it. Then everything starts again with other ports.
 * @param {() => Promise<void>} start chooses ports and uses them
 * @param {{ undo: () => Promise<void>, signal: AbortSignal }} options `undo` ends what a failed start has left; nothing is tried again once `signal` is aborted
 * @returns {Promise<void>}
 */
export async function retryTakenPorts(start, { undo, signal }) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start();
    } catch (error) {
      const taken = error instanceof Error && portIsTaken.test(error.message);
      if (!taken || attempt === ATTEMPTS || signal.aborted) throw error;
      await undo();
    }
  }
}
