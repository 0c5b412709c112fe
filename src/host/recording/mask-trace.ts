/** Rewrites a trace with everything masked that nobody may see, one entry after the other. */
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { openPromise, type Entry, type ZipFile as Unzipped } from 'yauzl';
import { ZipFile } from 'yazl';
import type { TraceMasks } from './trace-masks.ts';

/** Of the trace as it is kept, of all that is in it, and of one file that a page has loaded: a larger one is left out. */
export type TraceLimits = { bytes: number; unpacked: number; resource: number };
export const traceLimits: TraceLimits = { bytes: 200_000_000, unpacked: 1_500_000_000, resource: 16_000_000 };

export class TraceTooLarge extends Error {}

/** `raw`: the trace as Playwright gives it; `file`: where the masked one is written */
export type Masking = { raw: string; file: string; masks: TraceMasks; limits?: TraceLimits };

/** @throws TraceTooLarge; Error when `raw` is no zip, or the disk is full. What was written by then is the caller's to remove. */
export async function maskTrace({ raw, file, masks, limits = traceLimits }: Masking): Promise<void> {
  const source = await openPromise(raw, { lazyEntries: true, autoClose: false });
  const zip = new ZipFile();
  const writing = pipeline(
    zip.outputStream,
    (stream) => limitedTo(stream as AsyncIterable<Buffer>, limits.bytes),
    createWriteStream(file, { mode: 0o600 }),
  );
  // whoever copies hears of it first
  writing.catch(() => undefined);
  try {
    await Promise.race([copyEntries(source, zip, { masks, limits }), writing.then(() => undefined)]);
    zip.end();
    await writing;
  } catch (error) {
    (zip.outputStream as Readable).destroy();
    await writing.catch(() => undefined);
    throw error;
  } finally {
    source.close();
  }
}

type Rules = { masks: TraceMasks; limits: TraceLimits };

async function copyEntries(source: Unzipped, zip: ZipFile, { masks, limits }: Rules): Promise<void> {
  let unpacked = 0;
  for await (const entry of source.eachEntry()) {
    unpacked += entry.uncompressedSize;
    if (unpacked > limits.unpacked) throw new TraceTooLarge();
    const content = await contentOf(source, entry, { masks, limits });
    if (!content) continue;
    zip.addReadStream(content, masks.name(entry.fileName), { mtime: entry.getLastModDate() });
    await finished(content);
  }
}

const linesOf = /\.(trace|network|stacks)$/;

async function contentOf(source: Unzipped, entry: Entry, { masks, limits }: Rules): Promise<Readable | null> {
  if (entry.fileName.endsWith('/')) return null;
  if (linesOf.test(entry.fileName))
    return Readable.from(maskedLines(await source.openReadStreamPromise(entry), masks), { objectMode: false });
  if (entry.uncompressedSize > limits.resource) return null;
  const bytes = await bytesOf(await source.openReadStreamPromise(entry));
  const masked = masks.resource(entry.fileName, bytes);
  return masked && Readable.from([masked], { objectMode: false });
}

async function bytesOf(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The file may not be larger. */
async function* limitedTo(stream: AsyncIterable<Buffer>, bytes: number): AsyncGenerator<Buffer> {
  let written = 0;
  for await (const chunk of stream) {
    written += chunk.length;
    if (written > bytes) throw new TraceTooLarge();
    yield chunk;
  }
}

/** A line may be long, and is never cut: a secret could stand at the cut. */
async function* maskedLines(stream: Readable, masks: TraceMasks): AsyncGenerator<Buffer> {
  for await (const line of linesIn(stream)) {
    const masked = masks.line(line);
    if (masked !== null) yield Buffer.from(`${masked}\n`);
    // other jobs have their turn
    await new Promise(setImmediate);
  }
}

/** Not `readline`, which also ends lines at characters that JSON leaves as they are. */
async function* linesIn(stream: Readable): AsyncGenerator<string> {
  let parts: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    let from = 0;
    for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, from)) {
      yield Buffer.concat([...parts, chunk.subarray(from, end)]).toString();
      parts = [];
      from = end + 1;
    }
    if (from < chunk.length) parts.push(chunk.subarray(from));
  }
  if (parts.length > 0) yield Buffer.concat(parts).toString();
}
