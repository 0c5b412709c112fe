/** The type of a file that came from a page: what its bytes are, against what its name promises. */
import { Readable } from 'node:stream';
import { anyBytes, sniff, sniffedBytes } from './sniff.ts';

/** `note`: one sentence about a file that is not what it is called */
export type Checked = { type: string; note?: string };
export type CheckedStream = Checked & { stream: Readable };

const office = 'application/vnd.openxmlformats-officedocument.';

type Kind = {
  /** with an article, as after "is" */
  words: string;
  endings?: readonly string[];
  /** what its bytes look like when nothing more can be seen in them */
  seenAs?: readonly string[];
  /** what such a file may be called, too */
  calledAlso?: readonly string[];
};

const ole = 'application/x-ole-storage';
const zip = 'application/zip';
const text = 'text/plain';
const kinds: Readonly<Record<string, Kind>> = {
  'application/pdf': { words: 'a PDF document', endings: ['pdf'] },
  'image/png': { words: 'a PNG picture', endings: ['png'] },
  'image/jpeg': { words: 'a JPEG picture', endings: ['jpg', 'jpeg'] },
  'image/gif': { words: 'a GIF picture', endings: ['gif'] },
  'image/webp': { words: 'a WebP picture', endings: ['webp'] },
  'image/tiff': { words: 'a TIFF picture', endings: ['tif', 'tiff'] },
  'image/svg+xml': { words: 'an SVG picture', endings: ['svg'], calledAlso: ['application/xml', text] },
  'application/zip': { words: 'a ZIP archive', endings: ['zip'] },
  'application/gzip': { words: 'a gzip archive', endings: ['gz', 'tgz'] },
  'application/x-7z-compressed': { words: 'a 7z archive', endings: ['7z'] },
  'application/vnd.rar': { words: 'a RAR archive', endings: ['rar'] },
  'video/mp4': { words: 'an MP4 file', endings: ['mp4', 'm4v', 'm4a', 'mov'] },
  'video/webm': { words: 'a WebM film', endings: ['webm'], calledAlso: ['video/x-matroska'] },
  'video/x-matroska': { words: 'a Matroska film', endings: ['mkv'] },
  'application/rtf': { words: 'an RTF document', endings: ['rtf'], calledAlso: ['application/msword', text] },
  [`${office}spreadsheetml.sheet`]: { words: 'an Excel workbook', endings: ['xlsx'], seenAs: [zip], calledAlso: [zip] },
  [`${office}wordprocessingml.document`]: { words: 'a Word document', endings: ['docx'], seenAs: [zip], calledAlso: [zip] },
  [`${office}presentationml.presentation`]: { words: 'a PowerPoint document', endings: ['pptx'], seenAs: [zip], calledAlso: [zip] },
  'application/vnd.ms-excel': { words: 'an old Excel workbook', endings: ['xls'], seenAs: [ole] },
  'application/msword': { words: 'an old Word document', endings: ['doc'], seenAs: [ole] },
  [ole]: { words: 'an old Office document' },
  'text/html': { words: 'a web page (HTML)', endings: ['html', 'htm', 'xhtml'] },
  'application/xml': { words: 'an XML document', endings: ['xml'], seenAs: [text], calledAlso: [text] },
  'application/json': { words: 'a JSON document', endings: ['json', 'jsonl', 'ndjson', 'geojson'], calledAlso: [text] },
  'text/csv': { words: 'a table (CSV)', endings: ['csv', 'tsv'], seenAs: [text] },
  [text]: { words: 'a text', endings: ['txt', 'log'] },
  'application/vnd.microsoft.portable-executable': { words: 'a program for Windows', endings: ['exe', 'dll', 'scr'] },
};

const endings = new Map(Object.entries(kinds).flatMap(([type, kind]) => (kind.endings ?? []).map((ending) => [ending, type] as const)));

/** The media type that a file's name promises; undefined when it promises none that is known. */
export const promisedType = (name: string): string | undefined => endings.get(/\.([a-z0-9]{1,8})$/i.exec(name)?.[1]?.toLowerCase() ?? '');

/** @param head its first `sniffedBytes`, or all of it */
export function checkType(name: string, head: Buffer): Checked {
  const promised = promisedType(name);
  if (head.length === 0) return { type: promised ?? anyBytes, note: `${name} is empty: it has no bytes.` };
  const found = sniff(head);
  if (promised === undefined || promised === found || isCalledAlso(found, promised)) return { type: found };
  if (isSeenAs(found, promised)) return { type: promised };
  return { type: found, note: `${name} is ${wordsOf(found)}, not ${wordsOf(promised)}${reason(found)}.` };
}

const isCalledAlso = (found: string, promised: string): boolean => kinds[found]?.calledAlso?.includes(promised) ?? false;
const isSeenAs = (found: string, promised: string): boolean => kinds[promised]?.seenAs?.includes(found) ?? false;

const wordsOf = (type: string): string =>
  kinds[type]?.words ?? (type === anyBytes ? 'a file of an unknown kind' : `a file of type ${type}`);

/** What a server answers instead of a file. */
const reason = (found: string): string => (found === 'text/html' ? '; mostly that is a log-in or an error page that came instead' : '');

/** Looks at the first bytes while they go by. The stream that it gives back has all of them; the given one must not be read any more. @throws what the stream throws */
export async function checkStream(name: string, given: Readable): Promise<CheckedStream> {
  const chunks = (given as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
  const seen: Uint8Array[] = [];
  let length = 0;
  while (length < sniffedBytes) {
    const next = await chunks.next();
    if (next.done) break;
    seen.push(next.value);
    length += next.value.byteLength;
  }
  const head = Buffer.concat(seen).subarray(0, sniffedBytes);
  return { ...checkType(name, head), stream: rejoined(seen, chunks, given) };
}

/** No generator: one that waits for more does not hear that it is given up. */
function rejoined(seen: Uint8Array[], rest: AsyncIterator<Uint8Array>, given: Readable): Readable {
  const more = async (into: Readable): Promise<unknown> => {
    // given away one by one: what has been written need not stay in memory
    const known = seen.shift();
    if (known) return into.push(known);
    const next = await rest.next();
    return into.push(next.done ? null : next.value);
  };
  return new Readable({
    read() {
      more(this).catch((error: unknown) => this.destroy(error instanceof Error ? error : new Error(String(error))));
    },
    destroy(error, done) {
      given.destroy();
      done(error);
    },
  });
}
