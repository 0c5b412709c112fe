import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArtifactStore, ByteRange, StoredArtifact } from './store.ts';

type Label = { jobId: string; name: string; type: string };

const idPattern = /^([0-9a-f]{16})-([A-Za-z0-9_-]{24})$/;
const labelSuffix = '.json';

/**
 * One folder per job, two files per artifact: the bytes, and a label with name and type. Names from outside never become paths: ids are a hash of the job and
 * 144 random bits.
 */
export function createFolderStore(dir: string): ArtifactStore {
  const folderOf = (jobId: string): string => join(dir, hashOf(jobId));
  return {
    async put({ jobId, name, type, bytes }) {
      const secret = randomBytes(18).toString('base64url');
      const folder = folderOf(jobId);
      const path = join(folder, secret);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeWhole(path + labelSuffix, JSON.stringify({ jobId, name, type } satisfies Label));
      await writeWhole(path, bytes);
      return { id: `${hashOf(jobId)}-${secret}`, path, bytes: bytes.byteLength };
    },
    async open(id, range) {
      const path = pathOf(dir, id);
      const found = path && (await read(path));
      if (!path || !found) return undefined;
      if (range) checkRange(range, found.bytes);
      return { ...found, stream: createReadStream(path, range) };
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
    remove: (jobId) => rm(folderOf(jobId), { recursive: true, force: true }),
  };
}

const hashOf = (jobId: string): string => createHash('sha256').update(jobId).digest('hex').slice(0, 16);

function pathOf(dir: string, id: string): string | undefined {
  const [, folder, secret] = idPattern.exec(id) ?? [];
  return folder && secret ? join(dir, folder, secret) : undefined;
}

async function writeWhole(path: string, content: Uint8Array | string): Promise<void> {
  const temporary = `${path}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    await writeFile(temporary, content, { mode: 0o600, flag: 'wx' });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function read(path: string): Promise<{ bytes: number; name: string; type: string } | undefined> {
  try {
    const [{ size }, label] = await Promise.all([stat(path), readFile(path + labelSuffix, 'utf8')]);
    const { name, type } = JSON.parse(label) as Label;
    return { bytes: size, name, type };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function checkRange({ start, end }: ByteRange, bytes: number): void {
  if (start < 0 || end < start || end >= bytes) throw new RangeError(`bytes ${start}-${end} are not within ${bytes}`);
}
