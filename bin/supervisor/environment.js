/** What people can set. Everything is looked at before anything starts. */
import { connect } from 'node:net';
import { join } from 'node:path';
import { ROOT } from '../root.js';

/** Names that begin like ours but are not listed are taken for spelling mistakes. */
export const KNOWN = new Set([
  'UNDERSTUDY_HOME',
  'UNDERSTUDY_BROWSERS',
  'UNDERSTUDY_PARK_AFTER',
  'UNDERSTUDY_PLAN',
  'UNDERSTUDY_FILES',
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
  'UNDERSTUDY_REPORT',
  'UNDERSTUDY_API',
  'UNDERSTUDY_EXAMPLE',
  // of the command `understudy`
  'UNDERSTUDY_API_KEY',
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
  if (!['', 'on', 'off'].includes(env.UNDERSTUDY_EXAMPLE ?? '')) throw new Error('UNDERSTUDY_EXAMPLE: it is on or off');
  /** @type {{ loadConfig: (env: NodeJS.ProcessEnv) => unknown }} */
  const { loadConfig } = await import(join(ROOT, 'dist', 'config.js'));
  loadConfig(env);
  await checkServers(env);
}

const PATIENCE_MS = 4000;

/**
 * Servers that are not ours must be there: the parts would only wait for them.
 * @param {NodeJS.ProcessEnv} env
 */
async function checkServers({ TEMPORAL_ADDRESS, DATABASE_URL }) {
  const asked = await Promise.all([TEMPORAL_ADDRESS ? noTemporal(TEMPORAL_ADDRESS) : null, DATABASE_URL ? noPostgres(DATABASE_URL) : null]);
  const mistakes = asked.filter((mistake) => mistake !== null);
  if (mistakes.length > 0) throw new Error(mistakes.join('\n'));
}

/** @param {string} address @returns {Promise<string | null>} what is wrong */
function noTemporal(address) {
  const remedy = `start a Temporal server there, or leave TEMPORAL_ADDRESS unset and an embedded one is used`;
  const [, host, port] = /^\[?([^\]]+?)\]?:(\d{1,5})$/.exec(address) ?? [];
  if (!host || !port || Number(port) > 65_535) return Promise.resolve(`TEMPORAL_ADDRESS: ${address} is not host:port; ${remedy}`);
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port), timeout: PATIENCE_MS });
    /** @param {string | null} reason */
    const settle = (reason) => {
      socket.destroy();
      resolve(reason === null ? null : `TEMPORAL_ADDRESS: nothing answers at ${address} (${reason}); ${remedy}`);
    };
    socket.once('connect', () => settle(null));
    socket.once('timeout', () => settle(`not within ${PATIENCE_MS / 1000} s`));
    socket.once('error', (/** @type {NodeJS.ErrnoException} */ error) => settle(error.code ?? error.message));
  });
}

/** @param {string} url @returns {Promise<string | null>} what is wrong, without the password that may be in the address */
async function noPostgres(url) {
  const remedy = 'mend the address, or leave DATABASE_URL unset and an embedded database is used';
  if (!URL.canParse(url)) return `DATABASE_URL: is not an address as postgres://user:password@host:5432/name; ${remedy}`;
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: PATIENCE_MS });
  client.on('error', () => {});
  try {
    await client.connect();
    return null;
  } catch (error) {
    const reason = error instanceof Error ? error.message || String(/** @type {{ code?: unknown }} */ (error).code) : String(error);
    return `DATABASE_URL: the database ${new URL(url).host} cannot be used (${reason}); ${remedy}`;
  } finally {
    await client.end().catch(() => {});
  }
}
