/** A translated runbook as YAML, with comments where something was decided. */
import { Document, isMap, isNode, isPair, isScalar, isSeq } from 'yaml';
import type { Path } from './mistakes.ts';
import { Runbook } from '../contract/runbook.ts';
import type { Translation } from './translate.ts';

function nodeAt(document: Document, path: Path): unknown {
  let node: unknown = document.contents;
  for (const part of path) {
    if (isSeq(node)) node = node.items[Number(part)];
    else if (isMap(node)) {
      const pair = node.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === part);
      node = pair?.value;
    } else return undefined;
  }
  return node;
}

/** Writing takes about 50 µs for each value. */
const mostValues = 15_000;

function isLarge(root: unknown): boolean {
  const open: unknown[] = [root];
  for (let seen = 0; open.length > 0; seen += 1) {
    const value = open.pop();
    if (seen + open.length > mostValues) return true;
    // no spread: a list may be longer than the stack
    if (typeof value === 'object' && value !== null) for (const item of Object.values(value)) open.push(item);
  }
  return false;
}

/** Null when it would be very large. Above the value's key where it is a list or a map, else behind the value. */
export function writeTranslation({ root, notes }: Translation): string | null {
  if (isLarge(root)) return null;
  const order = [...Object.keys(Runbook.shape).filter((key) => key !== 'steps'), ...Object.keys(root)];
  const ordered = Object.fromEntries([...new Set(order)].filter((key) => key in root && key !== 'steps').map((key) => [key, root[key]]));
  const document = new Document('steps' in root ? { ...ordered, steps: root['steps'] } : ordered, { aliasDuplicateObjects: false });
  for (const [key, comment] of notes.comments) {
    const node = nodeAt(document, JSON.parse(key) as Path);
    if (!isNode(node)) continue;
    if (isScalar(node)) node.comment = ` ${comment}`;
    else node.commentBefore = ` ${comment}`;
  }
  document.commentBefore = ' Translated from the short form.';
  return document.toString({ lineWidth: 120 });
}
