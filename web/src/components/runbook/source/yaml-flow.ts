/** `{ … }`, `[ … ]` and quoted text, as far as they are written. */
import type { YamlItem, YamlPair, YamlValue } from './yaml-tree.ts';

/** `end`: the first character that is not part of it. */
export type FlowEnd = { value: YamlValue | undefined; end: number };
type Reader = { text: string; at: number; column: number };

/** Ends at its bracket, or where a line begins that is not indented deeper than `column` (of the key that it belongs to), or at the end of the text. */
export function parseFlow(text: string, at: number, column: number): FlowEnd {
  const reader: Reader = { text, at, column };
  const value = readValue(reader);
  return { value, end: reader.at };
}

/** Whether something that was not closed ends here: nobody indents what stands in brackets less than the key before them. */
function ended(reader: Reader): boolean {
  if (reader.at >= reader.text.length) return true;
  if (reader.text[reader.at] !== '\n') return false;
  const next = /^\n(?:[ \t]*\n)*( *)(\S)/.exec(reader.text.slice(reader.at, reader.at + 2_000));
  if (!next) return true;
  return (next[1] ?? '').length <= reader.column && !/[}\]]/.test(next[2] ?? '');
}

function skipSpace(reader: Reader): void {
  while (!ended(reader)) {
    const char = reader.text[reader.at] ?? '';
    if (char === '#') skipComment(reader);
    else if (/\s/.test(char)) reader.at += 1;
    else return;
  }
}

function skipComment(reader: Reader): void {
  while (reader.at < reader.text.length && reader.text[reader.at] !== '\n') reader.at += 1;
}

function readValue(reader: Reader): YamlValue | undefined {
  const char = reader.text[reader.at];
  if (char === '{') return readMap(reader);
  if (char === '[') return readList(reader);
  const text = readScalar(reader);
  return text === '' ? undefined : { kind: 'text', text, own: false };
}

function readMap(reader: Reader): YamlValue {
  const pairs: YamlPair[] = [];
  reader.at += 1;
  while (next(reader, '}')) {
    const pair = readPair(reader);
    if (pair) pairs.push(pair);
    else reader.at += 1;
  }
  return { kind: 'map', flow: true, pairs };
}

function readPair(reader: Reader): YamlPair | undefined {
  const from = reader.at;
  const key = readScalar(reader);
  if (reader.at === from) return undefined;
  const pair: YamlPair = { key, from, to: from + reader.text.slice(from, reader.at).trimEnd().length };
  skipSpace(reader);
  if (reader.text[reader.at] !== ':') return pair;
  reader.at += 1;
  skipSpace(reader);
  if (!ended(reader)) pair.value = readValue(reader);
  return pair;
}

function readList(reader: Reader): YamlValue {
  const items: YamlItem[] = [];
  reader.at += 1;
  while (next(reader, ']')) {
    const from = reader.at;
    const value = readValue(reader);
    if (reader.at === from) reader.at += 1;
    else items.push({ from, value });
  }
  return { kind: 'list', items };
}

/** Goes to the next entry. False: the bracket is closed, or will not be. */
function next(reader: Reader, close: string): boolean {
  do skipSpace(reader);
  while (reader.text[reader.at] === ',' && ++reader.at);
  if (ended(reader)) return false;
  if (reader.text[reader.at] !== close) return true;
  reader.at += 1;
  return false;
}

function readScalar(reader: Reader): string {
  const quote = reader.text[reader.at];
  if (quote === '"' || quote === "'") return readQuoted(reader, quote);
  const from = reader.at;
  while (!ended(reader) && !stopsPlain(reader.text, reader.at)) reader.at += 1;
  return reader.text.slice(from, reader.at).trim();
}

function stopsPlain(text: string, at: number): boolean {
  const char = text[at] ?? '';
  if (/[,{}[\]\n]/.test(char)) return true;
  return (char === ':' && /[\s,}\]]|^$/.test(text[at + 1] ?? '')) || (char === '#' && /\s/.test(text[at - 1] ?? ''));
}

function readQuoted(reader: Reader, quote: string): string {
  const from = reader.at + 1;
  reader.at = from;
  while (!ended(reader) && reader.text[reader.at] !== quote) reader.at += quote === '"' && reader.text[reader.at] === '\\' ? 2 : 1;
  const text = reader.text.slice(from, reader.at);
  if (reader.text[reader.at] === quote) reader.at += 1;
  return text;
}
