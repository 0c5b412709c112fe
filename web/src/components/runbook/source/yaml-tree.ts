/**
 * The shape of a YAML text while somebody types in it. A real parser gives up, or guesses, exactly where the cursor is; this one goes by indentation and brackets and
 * always gives a tree. It is for completion, help and the outline only: what is valid is decided by the server.
 */
import { parseFlow, type FlowEnd } from './yaml-flow.ts';

/** `own`: it stands on a line of its own, so it may be the beginning of a key. */
export type YamlText = { kind: 'text'; text: string; own: boolean };
/** `from` and `to` are those of the key, in characters. */
export type YamlPair = { key: string; from: number; to: number; value?: YamlValue };
export type YamlMap = { kind: 'map'; flow: boolean; pairs: YamlPair[] };
export type YamlItem = { from: number; value?: YamlValue };
export type YamlList = { kind: 'list'; items: YamlItem[] };
export type YamlValue = YamlText | YamlMap | YamlList;

type Holder = { value?: YamlValue };
/** What may still get a value: the root, a pair, an item. `column` is where its key or dash stands. */
type Open = { holder: Holder; column: number; item: boolean };
type Reader = { text: string; at: number; open: Open[] };

const keyPattern = /^(?:"((?:[^"\\]|\\.)*)"|'((?:[^']|'')*)'|([^\s"'{[#|>][^#\n]*?))[ \t]*:(?=\s|$)/;
const blockScalar = /^[|>][-+\d]*[ \t]*(?:#.*)?$/;

export function parseYamlTree(text: string): YamlValue | undefined {
  const root: Holder = {};
  const reader: Reader = { text, at: 0, open: [{ holder: root, column: -1, item: false }] };
  while (reader.at < text.length) readLine(reader);
  return root.value;
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

function readLine(reader: Reader): void {
  const start = reader.at;
  const end = lineEnd(reader.text, start);
  let at = start + spacesAt(reader.text, start);
  reader.at = end + 1;
  if (at >= end || reader.text[at] === '#' || /^(?:---|\.\.\.)\s*$/.test(reader.text.slice(start, end))) return;
  while (reader.text[at] === '-' && /[\s]|^$/.test(reader.text[at + 1] ?? '')) {
    openItem(reader, at, at - start);
    at += 1;
    at += spacesAt(reader.text, at);
  }
  if (at < end && reader.text[at] !== '#') readContent(reader, at, at - start);
}

const spacesAt = (text: string, at: number): number => /^[ \t]*/.exec(text.slice(at, at + 400))?.[0].length ?? 0;

/** A pair, or a value that stands alone. */
function readContent(reader: Reader, at: number, column: number): void {
  const line = reader.text.slice(at, lineEnd(reader.text, at));
  const match = keyPattern.exec(line);
  if (!match) return readValue(reader, { at, column, holder: parentOf(reader, column, false).holder, own: true });
  const whole = match[0];
  const key = match[1] ?? match[2] ?? match[3] ?? '';
  const pair: YamlPair = { key, from: at, to: at + whole.slice(0, -1).trimEnd().length };
  const parent = parentOf(reader, column, false);
  mapIn(parent.holder).pairs.push(pair);
  reader.open.push({ holder: pair, column, item: false });
  const valueAt = at + whole.length + spacesAt(reader.text, at + whole.length);
  if (valueAt < at + line.length && reader.text[valueAt] !== '#') readValue(reader, { at: valueAt, column, holder: pair, own: false });
}

function openItem(reader: Reader, at: number, column: number): void {
  const item: YamlItem = { from: at };
  const parent = parentOf(reader, column, true);
  if (parent.holder.value?.kind !== 'list') parent.holder.value = { kind: 'list', items: [] };
  parent.holder.value.items.push(item);
  reader.open.push({ holder: item, column, item: true });
}

/** Closes what ends here. A list may begin at the column of its own key. */
function parentOf(reader: Reader, column: number, item: boolean): Open {
  const { open } = reader;
  const contains = (o: Open): boolean => o.column < column || (item && !o.item && o.column === column);
  while (open.length > 1 && !contains(open.at(-1) as Open)) open.pop();
  return open.at(-1) as Open;
}

/** The mapping that a pair is put into. A lone word before it was the beginning of a key. */
function mapIn(holder: Holder): YamlMap {
  const { value } = holder;
  if (value?.kind === 'map') return value;
  const begun: YamlPair[] = value?.kind === 'text' && value.own ? [{ key: value.text, from: -1, to: -1 }] : [];
  const map: YamlMap = { kind: 'map', flow: false, pairs: begun };
  holder.value = map;
  return map;
}

type Value = { at: number; column: number; holder: Holder; own: boolean };

function readValue(reader: Reader, { at, column, holder, own }: Value): void {
  const { text } = reader;
  const end = lineEnd(text, at);
  const line = text.slice(at, end);
  if (blockScalar.test(line)) return put(holder, takeBlock(reader, column), own);
  if (!/^[{["']/.test(line)) return put(holder, line.replace(/(^|[ \t])#.*$/, '').trimEnd(), own);
  const flow: FlowEnd = parseFlow(text, at, column);
  reader.at = lineEnd(text, flow.end) + 1;
  if (flow.value?.kind === 'text') put(holder, flow.value.text, own);
  else holder.value = flow.value;
}

/** A lone word in a mapping is a key that is not finished; below a text it goes on with it. */
function put(holder: Holder, text: string, own: boolean): void {
  const { value } = holder;
  if (value?.kind === 'map') value.pairs.push({ key: text, from: -1, to: -1 });
  else if (value?.kind === 'text') value.text = `${value.text} ${text}`;
  else holder.value ??= { kind: 'text', text, own };
}

/** The lines below that are indented deeper. */
function takeBlock(reader: Reader, column: number): string {
  const lines: string[] = [];
  while (reader.at < reader.text.length) {
    const line = reader.text.slice(reader.at, lineEnd(reader.text, reader.at));
    if (line.trim() !== '' && /^ */.exec(line)![0].length <= column) break;
    lines.push(line.trim());
    reader.at = lineEnd(reader.text, reader.at) + 1;
  }
  return lines.join('\n');
}
