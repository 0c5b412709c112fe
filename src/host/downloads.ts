/**
 * Files that the pages of a job load down. The host keeps the last few until a step takes them, so that one that begins before its step does, or whose worker
 * dies, is not lost; what nobody takes is thrown away.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext, Download } from 'playwright';
import type { Log } from '../log.ts';
import type { HostDownload } from './protocol.ts';
import { untilAnswered } from './until-answered.ts';

/** Of downloads that nobody has taken: how many are kept, for how many steps, and how many bytes all together. */
const mostKept = 5;
const stepsKept = 10;
const mostBytes = 2_000_000_000;
const measureMs = 500;

type Entry = { number: number; download: Download; file: string | null; error: string | null; stepsSince: number };
type Wanted = { after: number; ended: boolean };

export type Downloads = {
  /** those that are kept, oldest first, and the number of the newest there has ever been (0: none) */
  list(): { last: number; downloads: HostDownload[] };
  /** The first one with a number above `after`; waits until there is one, and with `ended` until it has ended. @throws the signal's reason */
  wait(wanted: Wanted, signal: AbortSignal): Promise<HostDownload>;
  /** ends it, if it has not ended, and removes its file */
  drop(number: number): void;
  /** a step begins */
  begin(): void;
};

/** @param folder where the browser puts what it loads; nothing else may write there */
export function keepDownloads(context: BrowserContext, folder: string, log: Log): Downloads {
  const entries = new Map<number, Entry>();
  const waiters = new Set<() => void>();
  let last = 0;
  const changed = (): void => [...waiters].forEach((waiter) => waiter());
  const drop = (number: number): void => {
    const entry = entries.get(number);
    entries.delete(number);
    if (entry) void discard(entry.download).catch((error: unknown) => log.debug({ error: String(error) }, 'download had gone'));
  };
  const trim = (): void => {
    for (const { number } of [...entries.values()].filter((entry) => entry.stepsSince > stepsKept)) drop(number);
    while (entries.size > mostKept) drop(Math.min(...entries.keys()));
    keepWithin(entries, folder, drop);
  };
  context.on('download', (download) => {
    const entry: Entry = { number: (last += 1), download, file: null, error: null, stepsSince: 0 };
    entries.set(entry.number, entry);
    const measuring = setInterval(trim, measureMs).unref();
    void endOf(entry).then(() => (clearInterval(measuring), changed()));
    trim();
    changed();
  });
  const list = (): HostDownload[] => withSizes([...entries.values()], folder);
  return {
    list: () => ({ last, downloads: list() }),
    drop,
    wait: ({ after, ended }, signal) =>
      untilAnswered(() => list().find(({ number, state }) => number > after && (!ended || state !== 'running')), waiters, signal),
    begin() {
      for (const entry of entries.values()) entry.stepsSince += 1;
      trim();
    },
  };
}

async function endOf(entry: Entry): Promise<void> {
  try {
    entry.error = await entry.download.failure();
    if (entry.error === null) entry.file = await entry.download.path();
  } catch (error) {
    entry.error = error instanceof Error ? error.message : String(error);
  }
}

/** The oldest go first; one that is too large for all the room there is is ended, and says so. */
function keepWithin(entries: ReadonlyMap<number, Entry>, folder: string, drop: (number: number) => void): void {
  const sized = withSizes([...entries.values()], folder);
  let total = sized.reduce((sum, { received }) => sum + received, 0);
  for (const { number, received } of sized) {
    if (total <= mostBytes) return;
    total -= received;
    if (number !== sized.at(-1)?.number) drop(number);
    else
      void entries
        .get(number)
        ?.download.cancel()
        .catch(() => undefined);
  }
}

/** What still comes has a file of its own, in the order in which the downloads have begun. */
function withSizes(entries: readonly Entry[], folder: string): HostDownload[] {
  const coming = unfinishedSizes(folder);
  let nth = 0;
  return entries.map(({ number, download, file, error }) => {
    const state = error !== null ? 'failed' : file !== null ? 'done' : 'running';
    const received = file !== null ? sizeOf(file).size : state === 'running' ? (coming[nth++] ?? 0) : 0;
    const name = download.suggestedFilename();
    return { number, url: download.url(), name, state, received, ...(file !== null && { file }), ...(error !== null && { error }) };
  });
}

const unfinishedSizes = (folder: string): number[] =>
  filesIn(folder)
    .filter((name) => name.endsWith('.crdownload'))
    .map((name) => sizeOf(join(folder, name)))
    .sort((a, b) => a.since - b.since)
    .map(({ size }) => size);

/** The folder goes with the browser. */
function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function sizeOf(file: string): { size: number; since: number } {
  const { size, birthtimeMs } = statSync(file, { throwIfNoEntry: false }) ?? { size: 0, birthtimeMs: 0 };
  return { size, since: birthtimeMs };
}

async function discard(download: Download): Promise<void> {
  await download.cancel();
  await download.delete();
}
