/** What a job leaves on the disk of the person who started it: the report, its files, and everything at once as an archive. */
import { createWriteStream } from 'node:fs';
import { access, constants, mkdir, open, rm } from 'node:fs/promises';
import { join, parse, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import type { Artifact } from '../contract/artifact.ts';
import type { ExecutionReport } from '../contract/report.ts';
import type { ApiClient } from './api-client.ts';
import { CommandError } from './exit.ts';

const longestName = 120;
const mostCopies = 1_000;
/** Names of devices, on systems that have them. */
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** A name for a file in one folder, from what a page calls it: no path, no hidden file, nothing that a terminal or a file system reads in another way. */
export function safeName(name: string): string {
  const last = name.split(/[\\/]/).at(-1) ?? '';
  const clean = last
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}<>:"|?*]/gu, '_')
    .replace(/^[.\s-]+|[.\s]+$/gu, '');
  const { name: stem, ext } = parse(clean);
  const end = [...ext].slice(0, 20).join('');
  const start = [...stem].slice(0, longestName - [...end].length).join('');
  const safe = `${start}${end}`;
  return safe === '' ? 'file' : reserved.test(safe) ? `_${safe}` : safe;
}

/** Makes the folder, and sees that files can be put there. @throws CommandError */
export async function prepareFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  } catch (error) {
    throw new CommandError(`${folder}: files cannot be put there (${(error as Error).message}); choose another --output-dir`, undefined, {
      cause: error,
    });
  }
}

/** The path of a new file; one that exists is never written to, links included. */
async function claim(folder: string, name: string): Promise<string> {
  const { name: stem, ext } = parse(name);
  for (let copy = 1; copy <= mostCopies; copy += 1) {
    const path = join(folder, copy === 1 ? name : `${stem} (${copy})${ext}`);
    try {
      await (await open(path, 'wx', 0o644)).close();
      return path;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  throw new Error(`${join(folder, name)} and ${mostCopies} copies of it exist`);
}

type Wanted = {
  /** of the server */
  from: string;
  folder: string;
  name: string;
  /** how many there must be; undefined: nobody knows before */
  bytes?: number;
};

/** As a stream. A file that did not come whole is taken away again. @throws Error */
async function download(api: ApiClient, { from, folder, name, bytes }: Wanted): Promise<string> {
  const response = await api.get(from);
  if (!response.ok || !response.body) throw new Error(`the server answered ${response.status}`);
  const path = await claim(folder, safeName(name));
  try {
    const target = createWriteStream(path, { flags: 'r+' });
    await pipeline(Readable.fromWeb(response.body as NodeReadableStream), target);
    if (bytes !== undefined && target.bytesWritten !== bytes) throw new Error(`${target.bytesWritten} of ${bytes} bytes came`);
    return path;
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

const jobPath = (jobId: string): string => `/api/jobs/${encodeURIComponent(jobId)}`;

const saveArtifact = (api: ApiClient, { id, jobId, name, bytes }: Artifact, folder: string): Promise<string> =>
  download(api, { from: `${jobPath(jobId)}/artifacts/${encodeURIComponent(id)}?download=1`, folder, name, bytes });

export type Saved = { name: string; path: string; bytes: number };
export type NotSaved = { name: string; reason: string };

/** Everything that the job has left. */
export async function jobArtifacts(api: ApiClient, jobId: string): Promise<Artifact[]> {
  const { artifacts } = await api.json<{ artifacts: Artifact[] }>('GET', `${jobPath(jobId)}/artifacts`, { patient: true });
  return artifacts;
}

/** What people started the job for; pictures and recordings stay on the server. */
export const isFile = ({ kind }: Pick<Artifact, 'kind'>): boolean => kind === 'download' || kind === 'export';

/** One after the other, as streams. What cannot be saved is named, and the others are saved all the same. */
export async function saveFiles(
  api: ApiClient,
  artifacts: readonly Artifact[],
  folder: string,
): Promise<{ saved: Saved[]; lost: NotSaved[] }> {
  const saved: Saved[] = [];
  const lost: NotSaved[] = [];
  for (const artifact of artifacts) {
    const { name, bytes } = artifact;
    try {
      saved.push({ name, bytes, path: await saveArtifact(api, artifact, folder) });
    } catch (error) {
      lost.push({ name, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return { saved, lost };
}

/** Writes the report as JSON; gives it with its path. */
export async function saveReport(api: ApiClient, jobId: string, folder: string): Promise<{ report: ExecutionReport; path: string }> {
  const report = await api.json<ExecutionReport>('GET', `${jobPath(jobId)}/report`, { patient: true });
  const path = await claim(resolve(folder), `understudy-report-${safeName(jobId)}.json`);
  await pipeline(Readable.from([`${JSON.stringify(report, null, 2)}\n`]), createWriteStream(path, { flags: 'r+' }));
  return { report, path };
}

/** The report as one HTML file with its pictures inside; gives its path. @throws Error */
export const saveReportPage = (api: ApiClient, jobId: string, folder: string): Promise<string> =>
  download(api, { from: `${jobPath(jobId)}/report.html?download=1`, folder, name: `understudy-report-${jobId}.html` });

/** The report and everything that the job has left, video and trace included; gives its path. @throws Error */
export const saveArchive = (api: ApiClient, jobId: string, folder: string): Promise<string> =>
  download(api, { from: `${jobPath(jobId)}/artifacts.zip`, folder, name: `understudy-${jobId}.zip` });
