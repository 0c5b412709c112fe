/** One supervised process: started, watched, started again when it dies. */
import { setTimeout as delay } from 'node:timers/promises';
import { launch, signalGroup } from '../process.js';
import { forget, record } from './leftovers.js';
import { humanLine } from './logs.js';

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
export function createPart(options) {
  const { name, runFolder } = options;
  /** @type {Run} */
  const run = {
    current: null,
    stopping: new AbortController(),
    kill: () => void (run.current?.child.pid && signalGroup(run.current.child.pid, 'SIGKILL')),
  };
  return {
    name,
    kill: run.kill,
    start: () => new Promise((resolve, reject) => void keepAlive(options, run, { resolve, reject }).catch(reject)),
    stop: async (graceMs) => {
      run.stopping.abort();
      await run.current?.stop(graceMs);
      forget(runFolder, name);
    },
  };
}

/** @typedef {{ current: import('../process.js').Launched | null, stopping: AbortController, kill: () => void }} Run */

/**
 * @param {PartOptions} options
 * @param {Run} run
 * @param {{ resolve: () => void, reject: (error: Error) => void }} firstStart
 */
async function keepAlive({ name, prepare, onLine, runFolder, say }, run, firstStart) {
  const { signal } = run.stopping;
  let pause = FIRST_PAUSE_MS;
  let everReady = false;
  for (let deaths = 1; !signal.aborted; deaths += 1) {
    const began = performance.now();
    const spec = prepare();
    const launched = launch(spec, onLine);
    run.current = launched;
    if (launched.child.pid) record(runFolder, name, { pid: launched.child.pid, stopSignal: spec.stopSignal ?? 'SIGTERM' });
    const ready = launched.ready.then(
      () => ((everReady = true), firstStart.resolve(), null),
      (error) => error,
    );
    const how = await launched.ended;
    run.kill();
    forget(runFolder, name);
    if (signal.aborted) return;
    if (!everReady && deaths >= HOPELESS) return firstStart.reject(readable(name, await ready));
    if (performance.now() - began > HEALTHY_MS) pause = FIRST_PAUSE_MS;
    say(`${name} ended (${how}); starting it again in ${pause / 1000} s`);
    await delay(pause, undefined, { signal }).catch(() => {});
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }
}

/**
 * The last that it said, as the terminal shows it, without stacks.
 * @param {string} name
 * @param {Error | null} error
 */
function readable(name, error) {
  const [first, ...said] = (error?.message ?? '').split('\n');
  const lines = said.map((line) => humanLine(line)).filter((line) => line !== null);
  return new Error([`${name} could not be started: ${first}`, ...new Set(lines)].join('\n  '));
}
