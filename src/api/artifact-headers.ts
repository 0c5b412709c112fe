/** How an artifact is handed out. Names, types and bytes come from pages and are hostile: nothing of them may run in the console's origin. */
import type { Request, Response } from 'express';
import type { Artifact } from '../contract/artifact.ts';
import type { ExecutionReport } from '../contract/report.ts';

/** What a browser may show; everything else is only handed out as bytes to save. */
const shown = new Set(['image/jpeg', 'image/png', 'image/webp', 'video/webm']);

/** Tables and data are shown as the text that they are. */
const asText = new Set(['text/plain', 'text/csv', 'application/json']);

const isSource = ({ kind, type }: Artifact): boolean => kind === 'snapshot' && type === 'text/html';

/** The document of a failed step is shown as its source. */
function shownAs(artifact: Artifact): string | undefined {
  if (asText.has(artifact.type) || isSource(artifact)) return 'text/plain; charset=utf-8';
  return shown.has(artifact.type) ? artifact.type : undefined;
}

/** Changes with the bytes: a step that is carried out again replaces its files. */
export const etagOf = ({ sha256, id, createdAt, bytes }: Artifact): string =>
  sha256 === null ? `W/"${id}-${Date.parse(createdAt)}-${bytes}"` : `"${sha256}"`;

export function setHeaders(res: Response, artifact: Artifact, attachment: boolean): void {
  const type = shownAs(artifact);
  const inline = type !== undefined && !attachment;
  res.setHeader('Content-Type', type ?? 'application/octet-stream');
  res.setHeader('Content-Disposition', dispositionOf(inline ? 'inline' : 'attachment', artifact.name));
  res.setHeader('Content-Security-Policy', "default-src 'none'; sandbox");
  res.setHeader('X-Content-Type-Options', 'nosniff');
  res.setHeader('Cache-Control', 'private, no-cache');
  res.setHeader('ETag', etagOf(artifact));
  res.setHeader('Accept-Ranges', 'bytes');
}

/** Of a job's report and of what goes with it. In the title of a runbook a slash is no path: it and what some system cannot have in a name are replaced. */
export function reportFileName({ runbookTitle, finishedAt, reportedAt, jobId }: NamedReport, ending: string): string {
  const title = runbookTitle.slice(0, 80).replace(/[\\/<>:"|?*]|^\.+/g, '-');
  return `${title} ${(finishedAt ?? reportedAt).slice(0, 10)} ${jobId}.${ending}`;
}

type NamedReport = Pick<ExecutionReport, 'runbookTitle' | 'finishedAt' | 'reportedAt' | 'jobId'>;

/** RFC 6266, with a plain name for old clients. No paths, no quotes, no control characters. */
export function dispositionOf(how: 'inline' | 'attachment', name: string): string {
  const base =
    name
      .replace(/^.*[\\/]/s, '')
      .replace(/[\p{Cc}\p{Cf}]/gu, '')
      .slice(0, 150) || 'artifact';
  const encoded = encodeURIComponent(Buffer.from(base).toString()).replace(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${how}; filename="${base.replace(/[^\w. -]/g, '_')}"; filename*=UTF-8''${encoded}`;
}

const tags = (header: string): string[] => header.split(',').map((tag) => tag.trim());
const weak = (tag: string): string => tag.replace(/^W\//, '');

/** The client has these very bytes. */
export function isKnown(req: Request, artifact: Artifact): boolean {
  const header = req.headers['if-none-match'];
  if (header === undefined) return false;
  const own = weak(etagOf(artifact));
  return tags(header).some((tag) => tag === '*' || weak(tag) === own);
}

export type Range = { start: number; end: number };

/**
 * One range of bytes; several at once, another unit, or a range of what has been replaced since (If-Range) are answered with everything (RFC 9110 allows it).
 * @returns undefined: everything
 */
export function rangeOf(req: Request, artifact: Artifact): Range | 'unsatisfiable' | undefined {
  if (isReplaced(req.headers['if-range'], artifact)) return undefined;
  const size = artifact.bytes;
  const [, first, last] = /^bytes=(?!-$)(\d{0,15})-(\d{0,15})$/.exec(req.headers.range ?? '') ?? [];
  if (first === undefined || last === undefined) return undefined;
  const range = first === '' ? suffix(Number(last), size) : fromFirst(Number(first), last, size);
  if (range.start >= size) return 'unsatisfiable';
  return range.start > range.end ? undefined : range;
}

/** Of a weak tag nobody knows. */
const isReplaced = (ifRange: string | string[] | undefined, artifact: Artifact): boolean =>
  ifRange !== undefined && (artifact.sha256 === null || ifRange !== etagOf(artifact));

/** Without a last byte: to the end. */
const fromFirst = (start: number, last: string, size: number): Range => ({ start, end: Math.min(Number(last || size), size - 1) });

/** The last bytes; none of them begins behind the end, which is unsatisfiable. */
const suffix = (bytes: number, size: number): Range => ({ start: bytes === 0 ? size : Math.max(0, size - bytes), end: size - 1 });
