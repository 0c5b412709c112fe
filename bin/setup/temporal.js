/** Getting the Temporal CLI, whose development server is the embedded Temporal. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { withLock } from '../lock.js';
import { run } from '../run.js';
import { onPath } from '../search-path.js';
import { note } from './steps.js';
import { cachedTemporal, findTemporal } from './temporal-executable.js';

/** Newer tags cannot be installed with `go install`. */
const VERSION = '1.5.1';
const RELEASE = `https://github.com/temporalio/cli/releases/download/v${VERSION}`;
const CONNECT_MS = 5000;
const DOWNLOAD_MS = 180_000;

/**
 * @returns {Promise<{ executable: string | null, said: string }>} `executable` is null when TEMPORAL_ADDRESS names a server that runs
 * @throws {Error} that names the ways to get one
 */
export async function ensureTemporal() {
  const address = process.env.TEMPORAL_ADDRESS;
  if (address) return { executable: null, said: `the server at ${address} (TEMPORAL_ADDRESS)` };
  const found = findTemporal();
  if (found) return { executable: found, said: found };
  return withLock(`${cachedTemporal()}.lock`, async () => {
    const made = findTemporal() ?? (await obtain());
    return { executable: made, said: `${made} (new)` };
  });
}

async function obtain() {
  const target = cachedTemporal();
  mkdirSync(dirname(target), { recursive: true });
  const folder = mkdtempSync(`${target}-making-`);
  /** @type {string[]} */
  const failures = [];
  try {
    for (const way of [download, goInstall]) {
      const made = await way(folder).catch((error) => void failures.push(firstLine(error)));
      if (!made) continue;
      await run(made, ['--version'], { timeoutMs: 30_000 });
      renameSync(made, target);
      return target;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  throw new Error(noWay(failures));
}

/** @param {string[]} failures */
const noWay = (failures) =>
  [
    'There is no Temporal server, and none could be fetched:',
    ...failures.map((failure) => `  - ${failure}`),
    'Any one of these helps:',
    '  - set TEMPORAL_ADDRESS=host:port to a Temporal server that runs',
    '  - install the Temporal CLI, so that `temporal` is on the PATH (https://docs.temporal.io/cli)',
    `  - let this machine reach ${RELEASE}`,
    '  - install Go 1.24 or newer: the CLI is then built from source through the Go module proxy',
  ].join('\n');

/**
 * The official archive, compared with the checksum that is published beside it.
 * @param {string} folder
 */
async function download(folder) {
  const system = { linux: 'linux', darwin: 'darwin' }[String(process.platform)];
  const cpu = { x64: 'amd64', arm64: 'arm64' }[String(process.arch)];
  if (!system || !cpu) throw new Error(`no official download for ${process.platform}-${process.arch}`);
  const name = `temporal_cli_${VERSION}_${system}_${cpu}.tar.gz`;
  const expected = checksumOf(await (await get(`${RELEASE}/checksums.txt`, CONNECT_MS)).text(), name);
  note(`downloading ${RELEASE}/${name}`);
  const { body } = await get(`${RELEASE}/${name}`, DOWNLOAD_MS);
  if (!body) throw new Error(`${name}: empty answer`);
  const archive = join(folder, name);
  await pipeline(Readable.fromWeb(/** @type {import('node:stream/web').ReadableStream} */ (body)), createWriteStream(archive));
  const actual = await digest(archive);
  if (actual !== expected) throw new Error(`${name}: its checksum is ${actual}, published is ${expected}`);
  await run('tar', ['-xzf', archive, '-C', folder, 'temporal']);
  return join(folder, 'temporal');
}

/**
 * @param {string} list lines of "<sha256>  <file>"
 * @param {string} name
 * @returns {string}
 * @throws {Error} when the list does not have the file
 */
export function checksumOf(list, name) {
  const line = list.split('\n').find((entry) => entry.trim().endsWith(` ${name}`));
  const sum = line?.trim().split(/\s+/)[0];
  if (!sum || !/^[0-9a-f]{64}$/.test(sum)) throw new Error(`no checksum of ${name} is published`);
  return sum;
}

/** @param {string} file */
async function digest(file) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/**
 * @param {string} url
 * @param {number} timeoutMs for all of it
 */
async function get(url, timeoutMs) {
  const answer = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
  if (!answer.ok) throw new Error(`${url}: HTTP ${answer.status}`);
  return answer;
}

/** @param {string} folder */
async function goInstall(folder) {
  const go = onPath('go');
  if (!go) throw new Error('Go is not installed');
  note('building the Temporal CLI with Go: about three minutes, once per machine');
  const env = { ...process.env, GOBIN: folder, GOFLAGS: '' };
  await run(go, ['install', `github.com/temporalio/cli/cmd/temporal@v${VERSION}`], { env, cwd: folder, timeoutMs: 20 * 60_000 });
  return join(folder, 'temporal');
}

/** @param {unknown} error */
function firstLine(error) {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  return `${error.message.split('\n').slice(0, 3).join(' ')}${cause}`;
}
