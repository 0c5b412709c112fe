/** The whole product on one machine: started in order, watched, and ended in order. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setRetention } from '../temporal.js';
import { describeLock, lockHolder, tryLock } from '../lock.js';
import { chooseIdentity } from './identity.js';
import { checkEnvironment } from './environment.js';
import { startExample } from './example.js';
import { ensureKey, giveHomeTo, openHome } from './home.js';
import { reapLeftovers } from './leftovers.js';
import { createPartLog } from './logs.js';
import { createPart } from './part.js';
import { planParts } from './parts.js';
import { choosePorts, movedPorts, retryTakenPorts } from './ports.js';

/** together less than 5 s, after which Ctrl-C must have ended everything */
const FRONT_GRACE_MS = 2200;
const BACK_GRACE_MS = 2200;

/** @typedef {import('./part.js').Part} Part */
/** @param {string} text */
const say = (text) => console.log(`understudy   ${text}`);

/**
 * Runs until a signal ends it.
 * @param {import('../setup/set-up.js').Tools} tools
 * @param {{ began: number }} options when the start began, in `performance.now()` milliseconds
 * @throws {Error} that says why it cannot start; then nothing of it runs any more
 */
export async function supervise(tools, { began }) {
  await checkEnvironment();
  const home = openHome();
  const lockFile = join(home.run, 'supervisor.lock');
  const release = tryLock(lockFile);
  if (!release) throw new Error(alreadyRuns(lockFile, home.path));
  /** @type {Part[]} */
  const parts = [];
  const ending = new AbortController();
  // whatever ends us without our doing: nothing stays behind
  process.on('exit', () => parts.forEach((part) => part.kill()));
  try {
    const asked = signalled();
    const started = startUp({ parts, home, tools, lockFile, began, ending: ending.signal });
    await Promise.race([started.then(() => asked), asked]);
    say('stopping');
  } finally {
    ending.abort();
    await stopAll(parts);
    release();
  }
}

/** @returns {Promise<void>} resolves at the first signal; a second one ends us at once */
function signalled() {
  return new Promise((resolve) => {
    let count = 0;
    for (const signal of /** @type {NodeJS.Signals[]} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
      process.on(signal, () => {
        count += 1;
        if (count > 1) process.exit(130);
        resolve();
      });
    }
  });
}

/** @param {string} lockFile @param {string} homePath */
function alreadyRuns(lockFile, homePath) {
  const holder = lockHolder(lockFile);
  const where = holder?.console ? `, dashboard ${holder.console}, Temporal ${holder.temporalUi ?? holder.temporal}` : '';
  return `Understudy runs here already (pid ${holder?.pid}${where}). Stop it first, or set UNDERSTUDY_HOME to another folder than ${homePath}.`;
}

/** @param {{ home: import('./home.js').Home, tools: import('../setup/set-up.js').Tools }} options */
async function prepare({ home, tools }) {
  const reaped = await reapLeftovers(home.run);
  if (reaped.length > 0) say(`ended what an earlier start had left: ${reaped.join(', ')}`);
  const ports = await choosePorts(home.run);
  for (const moved of movedPorts(ports)) say(moved);
  const identity = chooseIdentity({ home, chromium: tools.chromium });
  if (identity.notice) say(identity.notice);
  const key = ensureKey(home);
  if (identity.uid !== undefined) giveHomeTo(home, identity.uid);
  return planParts({ home, ports, tools, identity, key });
}

/** @param {Omit<Starting, 'plan'>} starting */
const startUp = (starting) =>
  retryTakenPorts(async () => startAll({ ...starting, plan: await prepare(starting) }), {
    signal: starting.ending,
    undo: async () => {
      say('another program took a port meanwhile; starting with other ones');
      await stopAll(starting.parts);
      starting.parts.length = 0;
    },
  });

/**
 * @typedef {object} Starting
 * @property {import('./parts.js').Plan} plan
 * @property {Part[]} parts filled here
 * @property {import('./home.js').Home} home
 * @property {import('../setup/set-up.js').Tools} tools
 * @property {string} lockFile
 * @property {number} began
 * @property {AbortSignal} ending nothing more is started once it is aborted
 */

/** @param {Starting} starting */
async function startAll({ plan, parts, home, tools, lockFile, began, ending }) {
  /** @param {Record<string, () => import('../process.js').LaunchSpec>} specs */
  const start = (specs) =>
    Promise.all(
      Object.entries(specs).map(([name, prepareSpec]) => {
        ending.throwIfAborted();
        const part = createPart({ name, prepare: prepareSpec, onLine: createPartLog(home.logs, name), runFolder: home.run, say });
        parts.push(part);
        return part.start();
      }),
    );
  await Promise.all([start(plan.servers), start(plan.early)]);
  await Promise.all([start(plan.late), keepLong({ plan, home, tools })]);
  describeLock(lockFile, plan.addresses);
  await announce({ plan, home, began });
}

/**
 * Once per database file. @param {Pick<Starting, 'plan' | 'home' | 'tools'>} options
 */
async function keepLong({ plan, home, tools }) {
  const marker = join(home.path, 'temporal', 'retention-set');
  const namespace = process.env.TEMPORAL_NAMESPACE || 'default';
  if (!tools.temporal || existsSync(marker)) return;
  await setRetention({ executable: tools.temporal, address: plan.addresses.temporal, namespace });
  writeFileSync(marker, namespace);
}

/** @param {Pick<Starting, 'plan' | 'home' | 'began'>} options */
async function announce({ plan, home, began }) {
  const { addresses } = plan;
  const example = await startExample({ api: addresses.api, homePath: home.path }).catch((error) => void say(error.message));
  const lines = [`Understudy is ready (${((performance.now() - began) / 1000).toFixed(1)} s)`, `  dashboard        ${addresses.console}`];
  if (addresses.temporalUi) lines.push(`  Temporal Web UI  ${addresses.temporalUi}`);
  lines.push(`  practice site    ${addresses.practice}`);
  if (example) lines.push(`  an example runs  ${addresses.console}/jobs/${example}`);
  lines.push(`Ctrl-C stops; data stays in ${home.path}`);
  console.log(`\n${lines.join('\n')}\n`);
}

/** First what takes work in, then what it needs. @param {Part[]} parts */
async function stopAll(parts) {
  const front = new Set(['api', 'worker', 'orchestrator']);
  await Promise.all(parts.filter(({ name }) => front.has(name)).map((part) => part.stop(FRONT_GRACE_MS)));
  await Promise.all(parts.filter(({ name }) => !front.has(name)).map((part) => part.stop(BACK_GRACE_MS)));
}
