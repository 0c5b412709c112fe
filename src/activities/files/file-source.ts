/** The files that an upload can name: those that the job has downloaded or exported, then those of the operator's folder. */
import { constants } from 'node:fs';
import { open, readdir, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { Readable } from 'node:stream';
import type { Artifact } from '../../contract/artifact.ts';
import type { WorkerDependencies } from '../dependencies.ts';
import { StepFailure } from '../step-failure.ts';

export type SourceFile = { name: string; bytes: number; open(): Promise<Readable> };
export type FileSource = {
  /** The newest file of the job with that name, else the operator's. @throws StepFailure `value_missing` that lists what there is */
  find(name: string): Promise<SourceFile>;
};

type Sources = Pick<WorkerDependencies, 'store' | 'index' | 'filesFolder'>;

const listed = 20;

export function createFileSource(jobId: string, { store, index, filesFolder }: Sources): FileSource {
  return {
    async find(name) {
      const rows = (await index.list(jobId)).filter(({ kind }) => kind !== 'screenshot');
      const row = rows.findLast((one) => one.name === name);
      const found = row ? fromJob(row, store) : await fromFolder(name, filesFolder);
      if (found) return found;
      throw new StepFailure('value_missing', await missing(name, rows, filesFolder));
    },
  };
}

const fromJob = ({ id, name, bytes }: Artifact, store: Sources['store']): SourceFile => ({
  name,
  bytes,
  async open() {
    const opened = await store.open(id);
    if (!opened) throw new StepFailure('value_missing', `The file ${name} of this job is not in the store any more.`);
    return opened.stream;
  },
});

/** Only what lies in the folder itself: no other folder, no link that leads out of it, no device. Undefined: there is no such file. */
async function fromFolder(name: string, folder: string): Promise<SourceFile | undefined> {
  if (!isPlainName(name)) throw new StepFailure('value_missing', `"${name}" is no name of a file: paths are not allowed, only names.`);
  const path = await within(folder, name);
  if (path === undefined) return undefined;
  const size = await sizeOfFile(path);
  return size === undefined ? undefined : { name, bytes: size, open: () => openFile(path) };
}

const isPlainName = (name: string): boolean => name !== '' && name !== '.' && name !== '..' && !/[\\/\0]/.test(name);

async function within(folder: string, name: string): Promise<string | undefined> {
  try {
    const root = await realpath(folder);
    const path = await realpath(join(root, name));
    return path.startsWith(root + sep) ? path : undefined;
  } catch {
    return undefined;
  }
}

/** Neither follows a link that has come in between, nor waits for the other end of a pipe. */
const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

async function sizeOfFile(path: string): Promise<number | undefined> {
  const handle = await open(path, flags).catch(() => undefined);
  try {
    const found = await handle?.stat();
    return found?.isFile() ? found.size : undefined;
  } finally {
    await handle?.close();
  }
}

async function openFile(path: string): Promise<Readable> {
  return (await open(path, flags)).createReadStream();
}

async function missing(name: string, rows: readonly Artifact[], folder: string): Promise<string> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const own = list([...new Set(rows.map((row) => row.name))]);
  const given = list(entries.filter((entry) => entry.isFile()).map((entry) => entry.name));
  return `There is no file "${name}". The job has ${own || 'downloaded or exported none'}; the folder of files has ${given || 'none'}.`;
}

const list = (names: readonly string[]): string =>
  names.slice(0, listed).join(', ') + (names.length > listed ? ` and ${names.length - listed} more` : '');
