/** As whom the parts run, and whether the browser's sandbox can be on. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../root.js';
import { chownTree, isRoot, NOBODY, nobodyCan } from '../unprivileged.js';

/**
 * @typedef {object} Identity
 * @property {number | undefined} uid undefined: as ourselves
 * @property {'on' | 'off'} sandbox
 * @property {string | null} notice what people must know
 * @property {NodeJS.ProcessEnv} env what the user needs around it
 */

/**
 * Chromium's sandbox refuses root: then the parts run as `nobody`, when everything that they read is open to that user.
 * @param {{ home: import('./home.js').Home, chromium: string }} options
 * @returns {Identity}
 */
export function chooseIdentity({ home, chromium }) {
  const asked = process.env.UNDERSTUDY_SANDBOX === 'off';
  const nobody = isRoot() && reachableForNobody(home.path, chromium);
  const uid = nobody ? NOBODY : undefined;
  const env = nobody ? environmentOfNobody(home) : {};
  if (asked) return { uid, env, sandbox: 'off', notice: "Chromium's sandbox is off, as UNDERSTUDY_SANDBOX says." };
  if (isRoot() && !nobody)
    return {
      uid,
      env,
      sandbox: 'off',
      notice: `Chromium's sandbox is off: as root it needs another user, and "nobody" cannot read ${ROOT}. Run as a user who is not root.`,
    };
  const reason = sandboxFailure({ home, chromium, uid, env });
  if (reason === null) return { uid, env, sandbox: 'on', notice: null };
  return { uid, env, sandbox: 'off', notice: `Chromium's sandbox is off, because it does not work here: ${reason}` };
}

/**
 * @param {string} home
 * @param {string} chromium
 */
const reachableForNobody = (home, chromium) =>
  nobodyCan(home, 'x') &&
  nobodyCan(chromium, 'x') &&
  nobodyCan(process.execPath, 'x') &&
  [join(ROOT, 'dist', 'config.js'), join(ROOT, 'node_modules', 'playwright', 'package.json'), join(ROOT, 'package.json')].every((file) =>
    nobodyCan(file, 'r'),
  );

/** Programs want a home folder that they can write. @param {import('./home.js').Home} home */
function environmentOfNobody(home) {
  const folder = join(home.path, 'nobody');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chownTree(folder, NOBODY);
  return {
    HOME: folder,
    XDG_CACHE_HOME: join(folder, 'cache'),
    XDG_CONFIG_HOME: join(folder, 'config'),
    USER: 'nobody',
    LOGNAME: 'nobody',
  };
}

/**
 * Starts a Chromium once with its sandbox. The answer is kept for as long as the program and the user are the same.
 * @param {{ home: import('./home.js').Home, chromium: string, uid: number | undefined, env: NodeJS.ProcessEnv }} options
 * @returns {string | null} null: it works
 */
function sandboxFailure({ home, chromium, uid, env }) {
  const file = join(home.run, 'sandbox.json');
  const subject = `${chromium} ${statSync(chromium).mtimeMs} ${uid ?? process.getuid?.()}`;
  if (readJson(file)?.worked === subject) return null;
  const as = uid === undefined ? {} : { uid, gid: uid };
  const args = ['--headless', '--disable-gpu', '--no-first-run', '--dump-dom', 'data:text/html,<p>works'];
  const result = spawnSync(chromium, args, { encoding: 'utf8', timeout: 20_000, env: { ...process.env, ...env }, ...as });
  if (result.status !== 0 || !result.stdout.includes('works')) return failureOf(result);
  writeFileSync(file, JSON.stringify({ worked: subject }));
  return null;
}

/** @param {import('node:child_process').SpawnSyncReturns<string>} result */
function failureOf({ stderr, error, signal, status }) {
  const line = stderr.split('\n').find((text) => /sandbox|FATAL|ERROR/i.test(text));
  return (line ?? error?.message ?? signal ?? `exit ${status}`).slice(0, 300);
}

/** @param {string} file @returns {{ worked?: string } | null} */
function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}
