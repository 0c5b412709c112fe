/** The embedded Temporal server: the CLI's development server with a database file. */
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Why each of these: the defaults poll 20 times a second and shard, which makes every hop wait for a 50 ms tick; they round short timers up
 * to a second; and they spread a queue over four partitions, which the few pollers of a host's queue do not fill.
 */
const DYNAMIC_CONFIG = [
  'history.transferProcessorMaxPollRPS=2000',
  'history.timerProcessorMaxPollRPS=2000',
  'history.visibilityProcessorMaxPollRPS=500',
  'history.timerProcessorMaxTimeShift="10ms"',
  'matching.numTaskqueueReadPartitions=1',
  'matching.numTaskqueueWritePartitions=1',
  'system.enableActivityEagerExecution=true',
];

/** What jobs are found by in the Web UI (src/domain/names.ts). The api registers them too, on servers that are not ours. */
const SEARCH_ATTRIBUTES = ['JobStatus=Keyword', 'Runbook=Keyword', 'RequestedBy=Keyword', 'NeedsApproval=Bool'];

/** The default, 24 hours, makes links to the Web UI die after a day. */
export const RETENTION = '720h';

/**
 * @typedef {object} TemporalOptions
 * @property {string} executable the `temporal` CLI
 * @property {string} directory where the database file is; made when missing
 * @property {number} port of the frontend
 * @property {number} uiPort of the Web UI
 * @property {number} httpPort of its HTTP interface. The server opens this and the next one, asked for or not: so they are known and can be protected
 * @property {number} metricsPort
 * @property {string[]} [namespaces] made at start, beside `default`
 * @property {string[]} [dynamicConfig] more values, as `key=json`
 */

/**
 * @param {TemporalOptions} options
 * @returns {import('./process.js').LaunchSpec & { address: string, uiUrl: string }}
 */
export function prepareTemporal({ executable, directory, port, uiPort, httpPort, metricsPort, namespaces = [], dynamicConfig = [] }) {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const args = ['server', 'start-dev', '--ip', '127.0.0.1', '--ui-ip', '127.0.0.1', '--port', String(port), '--ui-port', String(uiPort)];
  args.push('--http-port', String(httpPort), '--metrics-port', String(metricsPort));
  args.push('--db-filename', join(directory, 'temporal.db'), '--log-level', 'error');
  args.push('--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', 'synchronous=NORMAL');
  for (const value of [...DYNAMIC_CONFIG, ...dynamicConfig]) args.push('--dynamic-config-value', value);
  for (const attribute of SEARCH_ATTRIBUTES) args.push('--search-attribute', attribute);
  for (const namespace of namespaces) args.push('--namespace', namespace);
  return {
    command: executable,
    args,
    ready: /Server:?\s+(?:127\.0\.0\.1|localhost):/,
    address: `127.0.0.1:${port}`,
    uiUrl: `http://127.0.0.1:${uiPort}`,
  };
}

/**
 * Sets how long the server keeps what has ended; harmless to repeat.
 * @param {{ executable: string, address: string, namespace: string }} options
 * @returns {Promise<void>}
 */
export function setRetention({ executable, address, namespace }) {
  const args = ['operator', 'namespace', 'update', '--retention', RETENTION, '--namespace', namespace, '--address', address];
  return new Promise((resolve, reject) => {
    const child = spawn(executable, args, { stdio: ['ignore', 'ignore', 'pipe'], timeout: 15_000 });
    let errors = '';
    child.stderr.on('data', (chunk) => (errors += chunk));
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`Temporal: retention of ${namespace} not set: ${errors.trim()}`)),
    );
  });
}
