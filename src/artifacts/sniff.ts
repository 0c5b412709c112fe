/** What a file is, by its first bytes. What a page says of it, and what it is called, decide nothing here. */
import { markupType } from './markup.ts';
import { zipType } from './zip-type.ts';

/** How many bytes are looked at. Of a document in a zip its first entries must be among them. */
export const sniffedBytes = 16_384;

/** What is told of bytes that nobody knows. */
export const anyBytes = 'application/octet-stream';

/** Bytes at a place; `-1` stands for any byte. */
type Magic = { type: string; at?: number; bytes: readonly number[] };

const ascii = (text: string): number[] => [...text].map((letter) => (letter === '.' ? -1 : letter.charCodeAt(0)));

const magics: readonly Magic[] = [
  { type: 'application/pdf', bytes: ascii('%PDF-') },
  { type: 'image/png', bytes: [0x89, ...ascii('PNG'), 0x0d, 0x0a, 0x1a, 0x0a] },
  { type: 'image/jpeg', bytes: [0xff, 0xd8, 0xff] },
  { type: 'image/gif', bytes: ascii('GIF87a') },
  { type: 'image/gif', bytes: ascii('GIF89a') },
  { type: 'image/webp', bytes: ascii('RIFF....WEBP') },
  { type: 'image/tiff', bytes: [0x49, 0x49, 0x2a, 0] },
  { type: 'image/tiff', bytes: [0x4d, 0x4d, 0, 0x2a] },
  { type: 'application/zip', bytes: [0x50, 0x4b, 3, 4] },
  { type: 'application/zip', bytes: [0x50, 0x4b, 5, 6] },
  { type: 'application/gzip', bytes: [0x1f, 0x8b, 8] },
  { type: 'application/x-7z-compressed', bytes: [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c] },
  { type: 'application/vnd.rar', bytes: [...ascii('Rar!'), 0x1a, 7] },
  { type: 'video/mp4', at: 4, bytes: ascii('ftyp') },
  { type: 'application/x-ole-storage', bytes: [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1] },
  { type: 'application/rtf', bytes: ascii('{\\rtf') },
];
const matroska = [0x1a, 0x45, 0xdf, 0xa3];
/** Two letters, with which a text may begin, too: only of what is no text. */
const program = ascii('MZ');

/** @param head its first `sniffedBytes`, or all of it; not empty. @returns a media type without parameters; `anyBytes` when nothing is known */
export function sniff(head: Buffer): string {
  const magic = magics.find((one) => has(head, one.bytes, one.at));
  if (magic) return magic.type === 'application/zip' ? zipType(head) : magic.type;
  if (has(head, matroska)) return head.subarray(0, 64).includes('webm') ? 'video/webm' : 'video/x-matroska';
  const text = asText(head);
  if (text !== undefined) return markupType(text, head.length < sniffedBytes);
  return has(head, program) ? 'application/vnd.microsoft.portable-executable' : anyBytes;
}

const has = (head: Buffer, bytes: readonly number[], at = 0): boolean =>
  head.length >= at + bytes.length && bytes.every((byte, nth) => byte === -1 || byte === head[at + nth]);

/** Undefined when it is no text: UTF-16 says so by its first two bytes, everything else has none of the bytes that only programs write. */
function asText(head: Buffer): string | undefined {
  if (has(head, [0xff, 0xfe])) return head.subarray(2).toString('utf16le');
  if (has(head, [0xfe, 0xff]))
    return Buffer.from(head.subarray(2, head.length - (head.length % 2)))
      .swap16()
      .toString('utf16le');
  if (head.some(isBinary)) return undefined;
  return head.subarray(has(head, [0xef, 0xbb, 0xbf]) ? 3 : 0).toString('utf8');
}

/** Control characters other than tab, line feed, form feed, carriage return and escape. */
const isBinary = (byte: number): boolean => byte < 0x20 && ![9, 10, 12, 13, 27].includes(byte);
