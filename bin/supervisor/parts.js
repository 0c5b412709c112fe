/** What each part is started with. */
import { join } from 'node:path';
import { preparePostgres } from '../postgres.js';
import { ROOT } from '../root.js';
import { prepareTemporal } from '../temporal.js';

/**
 * @typedef {import('../process.js').LaunchSpec} LaunchSpec
 * @typedef {object} Installation
 * @property {import('./home.js').Home} home
 * @property {import('./ports.js').Ports} ports
 * @property {import('../setup/set-up.js').Tools} tools
 * @property {import('./identity.js').Identity} identity
 * @property {string} key
 *
 * @typedef {object} Plan
 * @property {Record<string, () => LaunchSpec>} servers Postgres and Temporal, as far as they are ours
 * @property {Record<string, () => LaunchSpec>} early what needs none of them
 * @property {Record<string, () => LaunchSpec>} late what needs all of them
 * @property {{ console: string, temporalUi: string | null, temporal: string, practice: string, api: string }} addresses
 */

/**
 * @param {Installation} installation
 * @returns {Plan}
 */
export function planParts({ home, ports, tools, identity, key }) {
  const temporal = tools.temporal ? ownTemporal({ executable: tools.temporal, home, ports }) : null;
  const postgres = process.env.DATABASE_URL ? null : preparePostgres({ directory: join(home.path, 'postgres'), port: ports.postgres });
  const addresses = addressesOf(ports, temporal);
  /** @type {NodeJS.ProcessEnv} */
  const common = {
    ...process.env,
    ...identity.env,
    ...ownSettings({ home, ports, tools, identity, key }, addresses),
    ...(postgres ? { DATABASE_URL: postgres.url } : {}),
  };
  const practice = {
    PATH: process.env.PATH,
    NODE_ENV: 'production',
    HOST: '127.0.0.1',
    PORT: String(ports.practice),
    LOG_LEVEL: process.env.LOG_LEVEL,
  };
  /** @param {string} name @param {RegExp} ready */
  const part =
    (name, ready, env = common) =>
    () => ({ ...nodePart({ name, env, uid: identity.uid }), ready });
  return {
    servers: { ...(postgres ? { postgres: () => postgres } : {}), ...(temporal ? { temporal: () => temporal } : {}) },
    early: { practice: part('practice', /practice site on http/, practice), host: part('host', /host ready/) },
    late: {
      orchestrator: part('orchestrator', /orchestrator ready/),
      worker: part('worker', /worker ready/),
      api: part('api', /api ready/),
    },
    addresses,
  };
}

/**
 * @param {import('./ports.js').Ports} ports
 * @param {{ address: string, uiUrl: string } | null} temporal ours, when it is
 * @returns {Plan['addresses']}
 */
function addressesOf(ports, temporal) {
  const api = `http://127.0.0.1:${ports.api}`;
  return {
    api,
    console: process.env.UNDERSTUDY_URL || api,
    temporal: temporal?.address ?? process.env.TEMPORAL_ADDRESS ?? '',
    temporalUi: temporal?.uiUrl ?? process.env.TEMPORAL_UI_URL ?? null,
    practice: `http://127.0.0.1:${ports.practice}`,
  };
}

/**
 * @param {Installation} installation
 * @param {Plan['addresses']} addresses
 * @returns {NodeJS.ProcessEnv}
 */
function ownSettings({ home, ports, tools, identity, key }, addresses) {
  const defaults = {
    UNDERSTUDY_KEY: key,
    UNDERSTUDY_PRACTICE_URL: addresses.practice,
    UNDERSTUDY_WORKFLOW_BUNDLE: join(ROOT, 'dist', 'workflow-bundle.js'),
    UNDERSTUDY_WEB: join(ROOT, 'dist', 'web'),
  };
  const set = Object.fromEntries(Object.entries(defaults).map(([name, value]) => [name, process.env[name] || value]));
  return {
    ...set,
    NODE_ENV: 'production',
    PORT: String(ports.api),
    UNDERSTUDY_HOME: home.path,
    UNDERSTUDY_CHROMIUM: tools.chromium,
    UNDERSTUDY_SANDBOX: identity.sandbox,
    UNDERSTUDY_URL: addresses.console,
    UNDERSTUDY_PROTECTED: protectedAddresses(ports),
    TEMPORAL_ADDRESS: addresses.temporal,
    ...(addresses.temporalUi ? { TEMPORAL_UI_URL: addresses.temporalUi } : {}),
  };
}

/** @param {{ executable: string } & Pick<Installation, 'home' | 'ports'>} options */
function ownTemporal({ executable, home, ports }) {
  const { temporal: port, temporalUi: uiPort, temporalHttp: httpPort, temporalMetrics: metricsPort } = ports;
  const namespaces = [process.env.TEMPORAL_NAMESPACE ?? ''].filter((name) => name !== '' && name !== 'default');
  return prepareTemporal({ executable, directory: join(home.path, 'temporal'), port, uiPort, httpPort, metricsPort, namespaces });
}

/** @param {{ name: string, env: NodeJS.ProcessEnv, uid: number | undefined }} options */
const nodePart = ({ name, env, uid }) => ({
  command: process.execPath,
  args: ['--enable-source-maps', join(ROOT, 'dist', `${name}.main.js`)],
  cwd: ROOT,
  env,
  ...(uid === undefined ? {} : { uid, gid: uid }),
});

/**
 * Everything of ours that listens, but for the practice site: a page that a job visits could approve its own job there.
 * @param {import('./ports.js').Ports} ports
 */
function protectedAddresses(ports) {
  const own = Object.entries(ports).filter(([name]) => name !== 'practice');
  const others = (process.env.UNDERSTUDY_PROTECTED ?? '').split(',').filter(Boolean);
  return [...own.map(([, port]) => `127.0.0.1:${port}`), ...others].join(',');
}
