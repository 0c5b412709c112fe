/** Files that are there whole or not at all, also after the machine has lost its power. */
import { createHash, randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { NotStored } from './store.ts';

export type Content = { bytes: Uint8Array } | { stream: Readable };
export type Written = { bytes: number; sha256: string };
/** `aside`: the folder, on the same disk, where a file is until it is whole; default: beside its place. `beforeThere` comes when everything is on the disk, and before anybody can see it. */
type WriteOptions = { aside?: string; maxBytes: number; signal?: AbortSignal | undefined; beforeThere?: () => Promise<void> };

/**
 * Replaces the file at `path` in one moment, when everything has come.
 * @throws NotStored, the stream's error or the signal's reason; nothing is left then
 */
export async function writeWhole(
  path: string,
  content: Content,
  { aside = dirname(path), maxBytes, signal, beforeThere }: WriteOptions,
): Promise<Written> {
  const temporary = join(aside, `${randomBytes(16).toString('hex')}.tmp`);
  const written: Written = { bytes: 0, sha256: '' };
  const source = 'stream' in content ? content.stream : Readable.from([content.bytes]);
  // renamed before its bytes are on the disk, it could be empty under its good name after a loss of power
  const file = createWriteStream(temporary, { mode: 0o600, flags: 'wx', flush: true });
  try {
    await pipeline(source, measured(written, maxBytes), file, { signal });
    await beforeThere?.();
    await rename(temporary, path);
    return written;
  } catch (error) {
    // one that is given up while it is opened comes to be only then
    if (!file.closed) await new Promise<void>((resolve) => void file.once('close', resolve).destroy());
    await rm(temporary, { force: true });
    if (signal?.aborted) throw signal.reason;
    throw asNotStored(error, dirname(aside));
  }
}

/** What was renamed in `folder`, or made there, is there for good. Not every system can do that of a folder: then it does as usual. */
export async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(unlessUnable);
  if (!handle) return;
  try {
    await handle.sync().catch(unlessUnable);
  } finally {
    await handle.close();
  }
}

function unlessUnable(error: NodeJS.ErrnoException): undefined {
  if (!['EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'ENOTSUP'].includes(error.code ?? '')) throw error;
}

function measured(written: Written, maxBytes: number): (source: AsyncIterable<Uint8Array>) => AsyncGenerator<Uint8Array> {
  return async function* (source) {
    const hash = createHash('sha256');
    for await (const chunk of source) {
      written.bytes += chunk.byteLength;
      if (written.bytes > maxBytes) throw new NotStored('too_large', `The file is larger than ${maxBytes} bytes.`);
      hash.update(chunk);
      yield chunk;
    }
    written.sha256 = hash.digest('hex');
  };
}

const isFull = (code: string): boolean => ['ENOSPC', 'EDQUOT'].includes(code);
const isUnwritable = (code: string): boolean => ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR'].includes(code);

/** What is thrown for what a disk says: NotStored when it is full, or cannot be written in `folder` (default: wherever it was to be written); else the same. */
export function asNotStored(error: unknown, folder = ''): unknown {
  const { code = '', path = '', message = '' } = (error ?? {}) as Partial<NodeJS.ErrnoException>;
  if (isFull(code)) return new NotStored('no_space', 'There is no space left where files are kept.', { cause: error });
  // not that a file cannot be read from which the bytes come
  const isOwn = path.startsWith(folder);
  return isOwn && isUnwritable(code) ? new NotStored('unwritable', message, { cause: error }) : error;
}
