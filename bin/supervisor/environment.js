/** What people can set. Everything is looked at before anything starts. */
import { join } from 'node:path';
import { ROOT } from '../root.js';

/** Names that begin like ours but are not listed are taken for spelling mistakes. */
export const KNOWN = new Set([
  'UNDERSTUDY_HOME',
  'UNDERSTUDY_BROWSERS',
  'UNDERSTUDY_CHROMIUM',
  'UNDERSTUDY_ENV_ALLOW',
  'UNDERSTUDY_KEY',
  'UNDERSTUDY_URL',
  'UNDERSTUDY_QUEUE_PREFIX',
  'UNDERSTUDY_HOST_NAME',
  'UNDERSTUDY_HOST_SOCKET',
  'UNDERSTUDY_PROTECTED',
  'UNDERSTUDY_SANDBOX',
  'UNDERSTUDY_PRACTICE_URL',
  'UNDERSTUDY_WORKFLOW_BUNDLE',
  'UNDERSTUDY_WEB',
  'UNDERSTUDY_API',
]);

/**
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<void>}
 * @throws {Error} that names every variable that is unknown or wrong
 */
export async function checkEnvironment(env = process.env) {
  const allowed = new Set((env.UNDERSTUDY_ENV_ALLOW ?? '').split(',').map((name) => name.trim()));
  const unknown = Object.keys(env).filter((name) => name.startsWith('UNDERSTUDY_') && !KNOWN.has(name) && !allowed.has(name));
  if (unknown.length > 0)
    throw new Error(unknown.map((name) => `${name}: there is no such setting; known are ${[...KNOWN].sort().join(', ')}`).join('\n'));
  /** @type {{ loadConfig: (env: NodeJS.ProcessEnv) => unknown }} */
  const { loadConfig } = await import(join(ROOT, 'dist', 'config.js'));
  loadConfig(env);
}
