import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { mostBytes, type ArtifactStore, type ByteRange, type OpenedArtifact, type StoredArtifact } from './store.ts';
import { asNotStored, flushFolder, writeWhole } from './write-whole.ts';

type Label = { jobId: string; name: string; type: string };

const idPattern = /^([0-9a-f]{16})-([A-Za-z0-9_-]{24})$/;
const labelSuffix = '.json';
/** What is put comes from this machine, without pauses: this long after its last bytes nobody works at it any more. */
const abandonedMs = 600_000;

/**
 * One folder per job, two files per artifact: the bytes, and a label with name and type. One more for what is not whole yet, of all jobs: what a process that was killed
 * has left is found there without a look into every folder. Names from outside never become paths: ids are a hash of the job and
 * 144 random bits (or of the key).
 */
export function createFolderStore(dir: string): ArtifactStore {
  const aside = join(dir, 'unfinished');
  const folderOf = (jobId: string): string => join(dir, hashOf(jobId));
  return {
    async put({ jobId, name, type, key, maxBytes = mostBytes, signal, ...content }) {
      const secret = key === undefined ? randomBytes(18).toString('base64url') : secretOf(jobId, key);
      const folder = folderOf(jobId);
      const path = join(folder, secret);
      await makeFolder(aside);
      await makeFolder(folder);
      await removeAbandoned(aside);
      const label = Buffer.from(JSON.stringify({ jobId, name, type } satisfies Label));
      // bytes without a label could not be read; a label without bytes is nothing
      const beforeThere = () => writeWhole(path + labelSuffix, { bytes: label }, { aside, maxBytes: mostBytes }).then(() => undefined);
      const { bytes, sha256 } = await writeWhole(path, content, { aside, maxBytes, signal, beforeThere });
      await flushFolder(folder);
      return { id: `${hashOf(jobId)}-${secret}`, path, bytes, sha256 };
    },
    async open(id, range) {
      const path = pathOf(dir, id);
      const label = path && (await readLabel(path));
      // the same file from here on, whatever replaces it
      const handle = path && label && (await open(path, 'r').catch(unlessGone));
      return label && handle ? opened(handle, label, range) : undefined;
    },
    async list(jobId) {
      const folder = folderOf(jobId);
      const names = await readdir(folder).catch(() => []);
      const ids = names.filter((name) => idPattern.test(`${hashOf(jobId)}-${name}`));
      return Promise.all(
        ids.map(async (name): Promise<StoredArtifact> => ({
          id: `${hashOf(jobId)}-${name}`,
          path: join(folder, name),
          bytes: (await stat(join(folder, name))).size,
        })),
      );
    },
    async removeOne(id) {
      const path = pathOf(dir, id);
      if (!path) return;
      await rm(path, { force: true });
      await rm(path + labelSuffix, { force: true });
    },
    remove: (jobId) => rm(folderOf(jobId), { recursive: true, force: true }),
  };
}

/** @throws NotStored when the disk has no room even for that, or cannot be written */
async function makeFolder(folder: string): Promise<void> {
  const parent = dirname(folder);
  try {
    await mkdir(parent, { recursive: true, mode: 0o700 });
    // not with the parent at once: Node says of a full disk then that there is no such folder
    const made = await mkdir(folder, { mode: 0o700 }).then(() => true, unlessThere);
    if (made) await flushFolder(parent);
  } catch (error) {
    throw asNotStored(error);
  }
}

function unlessThere(error: NodeJS.ErrnoException): false {
  if (error.code !== 'EEXIST') throw error;
  return false;
}

const secretOf = (jobId: string, key: string): string =>
  createHash('sha256')
    .update(JSON.stringify([jobId, key]))
    .digest()
    .subarray(0, 18)
    .toString('base64url');

const hashOf = (jobId: string): string => createHash('sha256').update(jobId).digest('hex').slice(0, 16);

function pathOf(dir: string, id: string): string | undefined {
  const [, folder, secret] = idPattern.exec(id) ?? [];
  return folder && secret ? join(dir, folder, secret) : undefined;
}

/** What was being written when a process died. A file that still comes has been changed since. */
async function removeAbandoned(aside: string): Promise<void> {
  for (const name of await readdir(aside)) {
    const found = await stat(join(aside, name)).catch(() => undefined);
    if (found && Date.now() - found.mtimeMs > abandonedMs) await rm(join(aside, name), { force: true });
  }
}

/** Undefined when there is none that says what the bytes are: then there is nothing to be handed out. */
async function readLabel(path: string): Promise<Label | undefined> {
  const text = await readFile(path + labelSuffix, 'utf8').catch(unlessGone);
  return text === undefined ? undefined : parseLabel(text);
}

/** A disk that was full, or a power that failed, may leave half of it. */
function parseLabel(text: string): Label | undefined {
  try {
    const label = JSON.parse(text) as Partial<Label> | null;
    return typeof label?.name === 'string' && typeof label.type === 'string' ? (label as Label) : undefined;
  } catch {
    return undefined;
  }
}

function unlessGone(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

/** @throws RangeError; the file is closed then */
async function opened(handle: FileHandle, { name, type }: Label, range: ByteRange | undefined): Promise<OpenedArtifact> {
  try {
    const { size: bytes } = await handle.stat();
    if (range) checkRange(range, bytes);
    return { bytes, name, type, stream: handle.createReadStream(range) };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function checkRange({ start, end }: ByteRange, bytes: number): void {
  if (start < 0 || end < start || end >= bytes) throw new RangeError(`bytes ${start}-${end} are not within ${bytes}`);
}
