/** Builds what runs: the servers, the workflow bundle, the dashboard, the renderer of reports. Nothing is built again while its sources are the same. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../root.js';
import { run } from '../run.js';

const DIST = join(ROOT, 'dist');
const STAMPS = join(DIST, 'built.json');

/**
 * @typedef {object} Target
 * @property {string} name
 * @property {string} output one of its files: when it is missing, the target is built
 * @property {string[]} sources files and folders
 * @property {() => Promise<void>} build
 */

/** @type {Target[]} */
const TARGETS = [
  { name: 'servers', output: 'api.main.js', sources: ['src', 'examples'], build: buildServers },
  {
    name: 'workflows',
    output: 'workflow-bundle.js',
    sources: ['src/contract', 'src/domain', 'src/workflows', 'temporal'],
    build: buildWorkflows,
  },
  { name: 'dashboard', output: 'web/index.html', sources: ['web', 'src/contract', 'src/domain'], build: buildDashboard },
  { name: 'report', output: 'report/render.js', sources: ['web', 'src/contract', 'src/domain'], build: buildReport },
];

/**
 * @param {{ force?: boolean, only?: string[] }} [options] `only`: names of targets; default: all
 * @returns {Promise<string>} what was built
 */
export async function ensureBuild({ force = false, only } = {}) {
  const before = force ? {} : readStamps();
  const targets = TARGETS.filter(({ name }) => only?.includes(name) ?? true);
  const now = Object.fromEntries(targets.map((target) => [target.name, digestOf(target.sources)]));
  const stale = targets.filter(({ name, output }) => before[name] !== now[name] || !existsSync(join(DIST, output)));
  if (stale.length === 0) return 'up to date';
  mkdirSync(DIST, { recursive: true });
  const results = await Promise.allSettled(stale.map((target) => target.build()));
  const failed = results.find((result) => result.status === 'rejected');
  const built = stale.filter((_, i) => results[i]?.status === 'fulfilled').map(({ name }) => name);
  writeFileSync(STAMPS, JSON.stringify({ ...before, ...Object.fromEntries(built.map((name) => [name, now[name]])) }));
  if (failed) throw failed.reason;
  return `built: ${built.join(', ')}`;
}

/**
 * @param {string} name of a target
 * @returns {boolean} whether what was built is what its sources say now
 */
export function isUpToDate(name) {
  const target = TARGETS.find((one) => one.name === name);
  return target !== undefined && existsSync(join(DIST, target.output)) && readStamps()[name] === digestOf(target.sources);
}

/** @returns {Record<string, string>} */
function readStamps() {
  try {
    return JSON.parse(readFileSync(STAMPS, 'utf8'));
  } catch {
    return {};
  }
}

/** @param {string[]} sources */
function digestOf(sources) {
  const hash = createHash('sha256');
  for (const source of ['package-lock.json', 'bin/setup/build.js', ...sources]) addTo(hash, source);
  return hash.digest('hex');
}

/**
 * @param {import('node:crypto').Hash} hash
 * @param {string} path relative to the checkout, a file or a folder
 */
function addTo(hash, path) {
  const stat = statSync(join(ROOT, path), { throwIfNoEntry: false });
  if (stat?.isDirectory()) for (const name of sourcesIn(path)) addTo(hash, `${path}/${name}`);
  else if (stat?.isFile()) hash.update(path).update(readFileSync(join(ROOT, path)));
}

/** Not what a build itself leaves there (the dashboard's in web/node_modules): else every first build would ask for a second one. @param {string} folder */
const sourcesIn = (folder) =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name !== 'node_modules')
    .sort();

async function buildServers() {
  const { build } = await import('esbuild');
  const roots = readdirSync(join(ROOT, 'src')).filter((name) => name.endsWith('.main.ts'));
  await build({
    entryPoints: [...roots, 'config.ts'].map((name) => join(ROOT, 'src', name)),
    outdir: DIST,
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    format: 'esm',
    sourcemap: true,
    logLevel: 'silent',
    // Temporal's native parts and Playwright's files are found beside their own code; the others load quicker in one file. Puppeteer and Lighthouse are what the
    // parser of recordings would replay them with: nobody asks it to, and they are not installed
    external: ['@temporalio/*', 'playwright', 'playwright-core', 'pg-native', 'esbuild', 'vite', 'puppeteer', 'lighthouse'],
    // CommonJS packages inside an ES module still call `require`
    banner: {
      js: "import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url);",
    },
  });
}

async function buildWorkflows() {
  const script = `const { bundle } = await import('./temporal/bundle-workflows.ts'); await bundle(${JSON.stringify(join(DIST, 'workflow-bundle.js'))});`;
  await run(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], { cwd: ROOT });
}

async function buildDashboard() {
  await vite([]);
}

/** What draws a report as one HTML file, on the server. */
async function buildReport() {
  await vite(['--config', join(ROOT, 'web', 'vite.report.config.ts')]);
}

/** @param {string[]} options */
async function vite(options) {
  await run(process.execPath, [join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js'), 'build', 'web', ...options], {
    cwd: ROOT,
    env: { ...process.env, NODE_ENV: 'production' },
  });
}
