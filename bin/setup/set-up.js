/** Everything that must be there before anything can run. Does nothing twice. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { withLock } from '../lock.js';
import { chooseRunner } from '../postgres-programs.js';
import { ROOT } from '../root.js';
import { onPath } from '../search-path.js';
import { ensureBuild } from './build.js';
import { ensureChromium } from './chromium.js';
import { ensurePackages } from './packages.js';
import { step } from './steps.js';
import { cacheFolder } from './temporal-executable.js';
import { ensureTemporal } from './temporal.js';

const OLDEST_NODE = [20, 19];

/** @typedef {{ temporal: string | null, chromium: string }} Tools paths of programs; `temporal` is null when a running server is used */

/**
 * Prints one line per step.
 * @returns {Promise<Tools>}
 * @throws {Error} that says what is missing and what to do
 */
export async function setUp() {
  checkNode();
  console.log('Set-up');
  // a second start in the same checkout waits, and then finds everything done
  const lock = join(cacheFolder(), 'locks', `${createHash('sha256').update(ROOT).digest('hex').slice(0, 16)}.lock`);
  return withLock(lock, async () => {
    /** @type {Tools} */
    const tools = { temporal: null, chromium: '' };
    await step('packages', ensurePackages);
    await step('temporal', async () => {
      const { executable, said } = await ensureTemporal();
      tools.temporal = executable;
      return said;
    });
    await step('chromium', async () => {
      const { executable, said } = await ensureChromium();
      tools.chromium = executable;
      return said;
    });
    await step('ffmpeg', checkFfmpeg);
    await step('database', checkDatabase);
    await step('build', ensureBuild);
    return tools;
  });
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  throw new Error(`Node.js ${OLDEST_NODE.join('.')} or newer is needed; this is ${process.versions.node}`);
}

/** Without it there is everything but videos. */
const checkFfmpeg = () => onPath('ffmpeg') ?? 'none: no videos of jobs (apt-get install ffmpeg)';

function checkDatabase() {
  if (process.env.DATABASE_URL) return 'the server of DATABASE_URL';
  const { uid, wrap } = chooseRunner(ROOT);
  return `embedded PostgreSQL${uid === undefined ? '' : ' (as nobody)'}${wrap.length > 0 ? ' (in a user namespace)' : ''}`;
}
