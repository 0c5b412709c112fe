/**
 * What a host that was killed leaves behind: profile folders, sockets and descriptors of its browsers, and, should one have survived, the browser itself.
 * The list is kept in a file of the host's folder; the next host works it off.
 */
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { hostMark } from './chromium.ts';
import { commandLine, isAlive, killGroup, startTimeOf } from './processes.ts';

export type Trace = { pid: number; profile: string | null; artifacts: string; endpoint: string };
export type Leftovers = { add(trace: Trace): void; remove(trace: Trace): void; close(): void };
type Kept = { host: { pid: number; startTime: string | null }; browsers: Trace[] };

/**
 * Cleans up after a dead host and takes the folder over.
 * @param descriptors the folder in which Playwright describes bound browsers
 * @throws Error when a living host uses the folder
 */
export function takeOver(dir: string, descriptors = descriptorFolder()): Leftovers {
  const file = join(dir, 'browsers.json');
  const before = read(file);
  if (before && isOther(before.host)) throw new Error(`Another browser host (process ${before.host.pid}) uses ${dir}.`);
  for (const trace of before?.browsers ?? []) sweep(trace, dir, descriptors);

  const host = { pid: process.pid, startTime: startTimeOf(process.pid) };
  const browsers = new Set<Trace>();
  const write = (): void => {
    const kept: Kept = { host, browsers: [...browsers] };
    writeFileSync(`${file}.new`, JSON.stringify(kept), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  };
  write();
  return {
    add(trace) {
      browsers.add(trace);
      write();
    },
    remove(trace) {
      if (!browsers.delete(trace)) return;
      sweep(trace, dir, descriptors);
      write();
    },
    close: () => rmSync(file, { force: true }),
  };
}

/** The number of a process is used again; together with its start time it is not. */
const isOther = ({ pid, startTime }: Kept['host']): boolean =>
  pid !== process.pid && startTime !== null && isAlive(pid) && startTimeOf(pid) === startTime;

function sweep({ pid, profile, artifacts, endpoint }: Trace, dir: string, descriptors: string): void {
  if (isAlive(pid) && commandLine(pid).includes(hostMark(dir))) killGroup(pid);
  if (profile && isProfile(profile)) rmSync(profile, { recursive: true, force: true });
  if (dirname(artifacts) === dir) rmSync(artifacts, { recursive: true, force: true });
  if (endpoint.endsWith('.sock')) rmSync(endpoint, { force: true });
  removeDescriptors(descriptors, endpoint);
}

/** Playwright makes them itself, in the system's temporary folder: nothing else is deleted on the word of a file. */
const isProfile = (folder: string): boolean => dirname(folder) === tmpdir() && basename(folder).startsWith('playwright');

function removeDescriptors(folder: string, endpoint: string): void {
  for (const name of list(folder)) {
    const descriptor = join(folder, name);
    if (text(descriptor)?.includes(JSON.stringify(endpoint))) rmSync(descriptor, { force: true });
  }
}

/** As Playwright finds it on Linux and macOS. */
function descriptorFolder(): string {
  const cache = process.platform === 'darwin' ? join(homedir(), 'Library', 'Caches') : join(homedir(), '.cache');
  return join(cache, 'ms-playwright', 'b');
}

function read(file: string): Kept | null {
  try {
    return JSON.parse(text(file) ?? 'null') as Kept | null;
  } catch {
    return null;
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function text(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
