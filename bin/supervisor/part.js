/** One supervised process: started, watched, started again when it dies. */
import { setTimeout as delay } from 'node:timers/promises';
import { launch, signalGroup } from '../process.js';
import { forget, record } from './leftovers.js';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 15_000;
/** so long alive means that it has recovered */
const HEALTHY_MS = 30_000;
/** so many deaths before it was ready even once: something is wrong that waiting does not heal */
const HOPELESS = 3;

/**
 * @typedef {object} PartOptions
 * @property {string} name
 * @property {() => import('../process.js').LaunchSpec} prepare asked before every start
 * @property {(line: string) => void} onLine
 * @property {string} runFolder
 * @property {(text: string) => void} say for what the supervisor itself has to say about it
 *
 * @typedef {object} Part
 * @property {string} name
 * @property {() => Promise<void>} start resolves when it is ready; rejects when it died three times before it ever was
 * @property {(graceMs: number) => Promise<void>} stop for good
 * @property {() => void} kill at once, with its whole process group
 */

/**
 * @param {PartOptions} options
 * @returns {Part}
 */
export function createPart({ name, prepare, onLine, runFolder, say }) {
  /** @type {import('../process.js').Launched | null} */
  let current = null;
  let stopping = false;
  const stopped = new AbortController();
  const kill = () => void (current?.child.pid && signalGroup(current.child.pid, 'SIGKILL'));

  const launchOnce = () => {
    const spec = prepare();
    const launched = launch(spec, onLine);
    current = launched;
    if (launched.child.pid) record(runFolder, name, { pid: launched.child.pid, stopSignal: spec.stopSignal ?? 'SIGTERM' });
    return launched;
  };

  /** @param {() => void} onReady @param {(error: Error) => void} onHopeless */
  const keepAlive = async (onReady, onHopeless) => {
    let pause = FIRST_PAUSE_MS;
    let everReady = false;
    for (let deaths = 1; !stopping; deaths += 1) {
      const began = performance.now();
      const launched = launchOnce();
      void launched.ready.then(() => {
        everReady = true;
        onReady();
      }, () => {});
      const how = await launched.ended;
      kill();
      forget(runFolder, name);
      if (stopping) return;
      if (!everReady && deaths >= HOPELESS) return onHopeless(await launched.ready.then(() => new Error(name), (error) => error));
      if (performance.now() - began > HEALTHY_MS) pause = FIRST_PAUSE_MS;
      say(`${name} ended (${how}); starting it again in ${pause / 1000} s`);
      await delay(pause, undefined, { signal: stopped.signal }).catch(() => {});
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    }
  };

  return {
    name,
    kill,
    start: () =>
      new Promise((resolve, reject) => {
        keepAlive(resolve, reject).catch(reject);
      }),
    stop: async (graceMs) => {
      stopping = true;
      stopped.abort();
      await current?.stop(graceMs);
      forget(runFolder, name);
    },
  };
}
