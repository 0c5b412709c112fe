/** All artifacts and the report in one archive. It is made while it is read: one file is open at a time, and none is ever in memory as a whole. */
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { Request, Response } from 'express';
import { ZipFile } from 'yazl';
import type { Artifact } from '../contract/artifact.ts';
import type { ExecutionReport } from '../contract/report.ts';
import { archiveNames } from './archive-names.ts';
import { dispositionOf, reportFileName } from './artifact-headers.ts';
import type { ApiDependencies } from './dependencies.ts';
import { reportHtml } from './report-html.ts';
import { loadRenderer } from './report-renderer.ts';
import { openWhole } from './whole-artifact.ts';

/** What is packed already. */
const packed = new Set(['image/jpeg', 'image/png', 'image/webp', 'video/webm', 'application/zip', 'application/pdf', 'application/gzip']);

type Deps = Pick<ApiDependencies, 'artifacts' | 'settings' | 'log'>;
type Sending = { deps: Deps; report: ExecutionReport; req: Request; res: Response };

/** Resolves when everything is sent, or the reader has gone away. A store that fails in the middle breaks the connection: nobody shall take half of it for the whole. */
export async function sendArchive({ deps, report, req, res }: Sending): Promise<void> {
  res.setHeader('Content-Type', 'application/zip');
  res.setHeader('Content-Disposition', dispositionOf('attachment', reportFileName(report, 'zip')));
  res.setHeader('X-Content-Type-Options', 'nosniff');
  res.setHeader('Cache-Control', 'private, no-store');
  if (req.method === 'HEAD') return void res.end();
  const gone = new AbortController();
  res.once('close', () => gone.abort());
  const zip = new Archive(res, gone.signal);
  try {
    await fill(zip, deps, report);
    await zip.end();
  } catch (err) {
    if (!gone.signal.aborted) deps.log.error({ err, jobId: report.jobId }, 'an archive broke off');
    res.destroy();
  }
}

async function fill(zip: Archive, deps: Deps, report: ExecutionReport): Promise<void> {
  const missing = [...report.missing];
  await zip.add('report.json', Readable.from([JSON.stringify(report, null, 2)]));
  const html = await render(deps, report).catch((error: unknown) => void missing.push(`report.html: ${wordsOf(error)}`));
  if (html !== undefined) await zip.add('report.html', Readable.from(reportHtml(report, html, deps.artifacts)));
  for (const { artifact, path } of archiveNames(report.artifacts, report.steps)) {
    const bytes = await bytesOrWhy(artifact, deps);
    if (typeof bytes === 'string') missing.push(`${path}: ${bytes}`);
    else await zip.add(path, bytes, artifact);
  }
  if (missing.length > 0) await zip.add('MISSING.txt', Readable.from([`${missing.map(oneLine).join('\n')}\n`]));
}

/** Its bytes, or why there is nothing to be packed under its name. */
async function bytesOrWhy(artifact: Artifact, { artifacts, log }: Deps): Promise<Readable | string> {
  try {
    const found = await openWhole(artifacts, artifact);
    if (found.state === 'whole') return found.stream;
    if (found.state === 'gone') return 'its bytes are gone from the store';
    return `it is damaged, or was just replaced: the store has ${found.bytes} bytes of it instead of ${artifact.bytes}`;
  } catch (err) {
    log.error({ err, jobId: artifact.jobId, id: artifact.id }, 'an artifact cannot be read');
    return `it cannot be read${codeOf(err)}`;
  }
}

const render = async ({ settings }: Deps, report: ExecutionReport): Promise<string> =>
  (await loadRenderer(settings.reportRenderer))(report);

/** Not the message: it names folders of the server. */
const codeOf = (error: unknown): string => {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? ` (${code})` : '';
};
const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const oneLine = (text: string): string => text.replace(/\s+/g, ' ');

/** Files go in one after the other, at the pace of the reader. */
class Archive {
  readonly #zip = new ZipFile();
  readonly #signal: AbortSignal;
  readonly #failed: Promise<never>;
  readonly #res: Response;

  constructor(res: Response, signal: AbortSignal) {
    this.#signal = signal;
    this.#res = res;
    this.#failed = new Promise((_resolve, reject) => this.#zip.on('error', reject));
    this.#failed.catch(() => {});
    this.#zip.outputStream.pipe(res);
  }

  /** Resolves when all of it has been read. @throws the stream's own error; when the reader has gone away; the stream is closed then */
  async add(path: string, bytes: Readable, { type, createdAt, bytes: size }: Partial<Artifact> = {}): Promise<void> {
    const close = (): void => void bytes.destroy();
    this.#signal.addEventListener('abort', close);
    try {
      this.#signal.throwIfAborted();
      const read = finished(bytes, { signal: this.#signal });
      const compress = type === undefined || !packed.has(type);
      const dated = createdAt === undefined ? {} : { mtime: new Date(createdAt) };
      // with the size that it must come to, the archive fails when the store gives less
      this.#zip.addReadStream(bytes, path, { compress, mode: 0o100644, ...(size !== undefined && { size }), ...dated });
      await Promise.race([read, this.#failed]);
    } finally {
      this.#signal.removeEventListener('abort', close);
      close();
    }
  }

  async end(): Promise<void> {
    this.#zip.end();
    await Promise.race([finished(this.#res), this.#failed]);
  }
}
