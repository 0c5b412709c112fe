/** The texts to look for so that a secret is found: itself and its parts that pages show alone, and encodings that cannot be undone piece by piece. */
import { shortestFound } from './finder.ts';
import { caselessText, decoded, ungroupedText } from './readings.ts';

/** From here on upper and lower case are the same, and from there on grouping does not count: shorter ones would be found everywhere. */
const shortestCaseless = 4;
const shortestUngrouped = 8;
const shortestPiece = 6;
/** Longer values are looked for in pieces of this length, which bounds what each place of a text costs. */
const longest = 1_000;
/** Nobody encodes more than this into a header or an address, and the forms of a document would take its size many times over. */
const longestEncoded = 20_000;

/** To look for in a text as it stands or decoded; the same, also with line breaks taken out; in its caseless reading; in its ungrouped one. */
export type SecretForms = { exact: string[]; base64: string[]; caseless: string[]; ungrouped: string[] };

/** encodeURIComponent throws on half a surrogate pair. */
export const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, '\uFFFD');

/** The value, without white space around it, and each line of several: pages show them apart. Those of fewer than 3 characters are left out. */
export function shownParts(secret: string): string[] {
  const lines = secret.includes('\n') ? secret.split(/\r?\n/).map((line) => line.trim()) : [];
  return [...new Set([secret, secret.trim(), ...lines])].filter((part) => part.length >= shortestFound);
}

const hexCode = (character: string, length: number): string => character.charCodeAt(0).toString(16).padStart(length, '0');
const percent = (text: string, characters: RegExp): string =>
  text.replace(characters, (found) => encodeURIComponent(found).replace(/^[^%]$/, (one) => `%${hexCode(one, 2)}`));
/** What the URL standard encodes in a fragment, a query, a path (`^` since lately), and a name or password before the host; then what forms and scripts encode. */
const encodeSets = [
  /[^!$-;=@-Z[-\]^_a-z|~]/gu,
  /[^!#-;=?-_a-~]/gu,
  /[^!$-&(-;=?-~]/gu,
  /[^!$-;=@-Z[-\]_a-z|~]/gu,
  /[^!$-.0-9A-Z_a-z~]/gu,
  /[^*\-.0-9A-Z_a-z]/gu,
  /[^!'()*\-.0-9A-Z_a-z~]/gu,
];
const htmlNames: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/**
 * A value as pages write it into what they show: in addresses (each part of one encodes other characters), JSON and HTML. For who cannot undo encodings: a redactor does, and
 * knows more of them. With the letters of codes in lower case.
 */
export function writtenForms(secret: string): string[] {
  if (secret.length > longestEncoded) return [secret];
  const shown = wellFormed(secret);
  // a path has no backslash
  const addresses = [shown, shown.replaceAll('\\', '/')].flatMap((text) => encodeSets.map((set) => percent(text, set)));
  const json = JSON.stringify(secret).slice(1, -1);
  return [
    ...new Set([
      ...[secret, ...addresses, encodeURIComponent(encodeURIComponent(shown)), ...addresses.map((form) => form.replaceAll('%20', '+'))],
      ...[json, json.replaceAll('/', '\\/'), json.replace(/[<>&\u007f-\uffff]/g, (found) => `\\u${hexCode(found, 4)}`)],
      secret.replace(/[&<>"']/g, (found) => htmlNames[found] ?? found),
    ]),
  ];
}

export function formsOf(secret: string): SecretForms {
  const shown = shownParts(secret);
  const parts = [...new Set([...shown, ...shown.flatMap(queryPieces), ...shown.flatMap(cleanedForms)])].flatMap(inPieces);
  const read = [...new Set(parts.map(decoded))];
  const encoded = secret.length > longestEncoded ? [] : shown.flatMap(inPieces).flatMap(encodingsOf);
  const hex = encoded.map(hexOf);
  // 8 characters are 16 digits: fewer would be found in grouped numbers
  const grouped = hex.filter((form) => form.length >= 2 * shortestUngrouped);
  return {
    exact: [...parts, ...parts.map(wellFormed), ...read],
    base64: encoded.flatMap(base64Forms),
    caseless: [
      ...read.map(caselessText).filter((form) => form.length >= shortestCaseless),
      ...hex.filter((form) => form.length < 2 * shortestUngrouped),
    ],
    ungrouped: [...read.map(ungroupedText).filter((form) => form.length >= shortestUngrouped), ...grouped],
  };
}

function inPieces(text: string): string[] {
  if (text.length <= longest) return [text];
  const count = Math.ceil(text.length / longest);
  // the last one reaches back, so that none is short
  return Array.from({ length: count }, (_, nth) => Math.min(nth * longest, text.length - longest)).map((from) =>
    text.slice(from, from + longest),
  );
}

/** `&` and `#` end a value that stood unencoded in the query of an address. Shorter pieces say little and would mask too much. */
const queryPieces = (value: string): string[] =>
  /[&#]/.test(value) ? value.split(/[&#]/).filter((piece) => piece.length >= shortestPiece) : [];

/** A path of an address has no backslash, and a file's name nothing that file systems do not take. */
const cleanedForms = (value: string): string[] => [value.replaceAll('\\', '/'), value.replace(/[<>:"|?*\\/\p{Cc}]/gu, '_')];

/** The bytes that base64 and hex are made of: UTF-8, Latin-1 (what a page's `btoa` takes) and UTF-16 with either byte first. */
function encodingsOf(text: string): Uint8Array[] {
  const codes = text.split('').map((character) => character.charCodeAt(0));
  const isAscii = codes.every((code) => code < 0x80);
  const isLatin1 = codes.every((code) => code < 0x100);
  const latin1 = isLatin1 && !isAscii ? [Uint8Array.from(codes)] : [];
  return [new TextEncoder().encode(text), ...latin1, ...wideOf(codes, isLatin1)];
}

function wideOf(codes: readonly number[], isLatin1: boolean): Uint8Array[] {
  const little = Uint8Array.from(codes.flatMap((code) => [code & 0xff, code >> 8]));
  // both orders are the same but for a zero before or behind
  if (isLatin1) return [little.subarray(0, -1)];
  return [little, Uint8Array.from(codes.flatMap((code) => [code >> 8, code & 0xff]))];
}

function base64Of(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/**
 * What the base64 of any text that holds the value has in common: it depends on where in a group of three bytes the value begins,
 * and its outer characters also carry bits of the neighbours.
 */
function base64Forms(bytes: Uint8Array): string[] {
  const whole = base64Of(bytes);
  const within = [0, 1, 2].map((before) => {
    const padded = new Uint8Array(before + bytes.length);
    padded.set(bytes, before);
    const start = Math.ceil((before * 8) / 6);
    return base64Of(padded).slice(start, Math.floor(((before + bytes.length) * 8) / 6));
  });
  const plain = [whole, whole.replace(/=+$/, ''), ...within.filter((form) => form.length >= shortestPiece)];
  return [...plain, ...plain.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'))];
}

const hexOf = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
