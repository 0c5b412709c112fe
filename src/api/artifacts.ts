/** Handlers of a job's artifacts. Their bytes and names come from pages and are hostile: nothing of them may run in the console's origin. */
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import type { Artifact } from '../contract/artifact.ts';
import { findArtifact, listArtifacts } from '../db/artifacts.ts';
import { findJob } from '../db/jobs.ts';
import type { ApiDependencies, ArtifactReader } from './dependencies.ts';
import { noSuchJob } from './job-reader.ts';
import { ApiProblem } from './problem.ts';
import type { Handlers } from './route.ts';

export type ArtifactHandlers = Pick<Handlers, 'listArtifacts' | 'getArtifact' | 'artifactsZip'>;

/** What a browser may show; everything else is only handed out as bytes to save. */
const shown = new Set(['image/jpeg', 'image/png', 'image/webp', 'video/webm']);

export function artifactHandlers({ database: { db }, artifacts }: ApiDependencies): ArtifactHandlers {
  return {
    async listArtifacts({ params }) {
      if (!(await findJob(db, params.id))) throw noSuchJob(params.id);
      return { artifacts: await listArtifacts(db, params.id) };
    },
    artifactsZip: () => {
      throw new ApiProblem('not_found', 'there is no archive yet');
    },
    async getArtifact({ params, query, req, res }) {
      const artifact = await findArtifact(db, params.id, params.artifactId);
      if (!artifact) throw new ApiProblem('not_found', 'the job has no such artifact');
      await send(artifacts, artifact, { req, res, attachment: query.download === '1' });
    },
  };
}

type Sending = { req: Request; res: Response; attachment: boolean };

async function send(store: ArtifactReader, artifact: Artifact, { req, res, attachment }: Sending): Promise<void> {
  const range = rangeOf(req, artifact.bytes);
  if (range === 'unsatisfiable') {
    res.status(416).setHeader('Content-Range', `bytes */${artifact.bytes}`).end();
    return;
  }
  const bytes = await store.open(artifact, range);
  if (!bytes) throw new ApiProblem('not_found', 'the bytes of this artifact are gone from the store');
  setHeaders(res, artifact, attachment);
  if (range) res.status(206).setHeader('Content-Range', `bytes ${range.start}-${range.end}/${artifact.bytes}`);
  res.setHeader('Content-Length', range ? range.end - range.start + 1 : artifact.bytes);
  if (req.method === 'HEAD') {
    bytes.destroy();
    res.end();
    return;
  }
  // A viewer that goes away in the middle is no error.
  await pipeline(bytes, res).catch(() => res.destroy());
}

function setHeaders(res: Response, { name, type, kind }: Artifact, attachment: boolean): void {
  const typeShown = shownAs(type);
  const inline = typeShown !== undefined && !attachment;

  res.setHeader('Content-Type', typeShown ?? 'application/octet-stream');
  res.setHeader('Content-Disposition', `${inline ? 'inline' : 'attachment'}; ${fileName(name)}`);
  res.setHeader('Content-Security-Policy', "default-src 'none'; sandbox");
  res.setHeader('X-Content-Type-Options', 'nosniff');
  // a step that is carried out again replaces its files
  res.setHeader('Cache-Control', kind === 'screenshot' ? 'private, max-age=31536000, immutable' : 'private, no-cache');
  res.setHeader('Accept-Ranges', 'bytes');
}

/** RFC 6266, with a plain name for old clients. No paths, no quotes, no control characters. */
function fileName(name: string): string {
  const base =
    name
      .replace(/^.*[\\/]/, '')
      .replace(/[\p{Cc}\p{Cf}]/gu, '')
      .slice(0, 150) || 'artifact';
  const encoded = encodeURIComponent(Buffer.from(base).toString()).replace(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `filename="${base.replace(/[^\w. -]/g, '_')}"; filename*=UTF-8''${encoded}`;
}

/** Tables and data are shown as the text that they are. */
const asText = new Set(['text/plain', 'text/csv', 'application/json']);

const shownAs = (type: string): string | undefined => (asText.has(type) ? 'text/plain; charset=utf-8' : shown.has(type) ? type : undefined);

type Range = { start: number; end: number };

/** One range of bytes; several at once, or another unit, are answered with everything (RFC 9110 allows it). */
function rangeOf(req: Request, size: number): Range | 'unsatisfiable' | undefined {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(req.headers.range ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  const { start, end } = first === '' ? suffix(Number(last), size) : fromFirst(Number(first), last, size);
  if (start >= size) return 'unsatisfiable';
  return start > end ? undefined : { start, end };
}

/** Without a last byte: to the end. */
const fromFirst = (start: number, last: string, size: number): Range => ({ start, end: Math.min(Number(last || size), size - 1) });

/** The last bytes; none of them begins behind the end, which is unsatisfiable. */
const suffix = (bytes: number, size: number): Range => ({ start: bytes === 0 ? size : Math.max(0, size - bytes), end: size - 1 });
