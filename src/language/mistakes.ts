/** Collects the mistakes of a runbook with the places where they stand. */
import type { LineCounter } from 'yaml';
import type { RunbookMistake } from '../contract/runbook.ts';

export type Path = readonly (string | number)[];
/** Offsets in the source; `key` is where the key of a map's value stands (for others the same as `start`). */
export type Place = { key: number; start: number; end: number };

const maxReported = 500;
const maxNoted = 1_000;
const simpleKey = /^[A-Za-z_$][\w$-]*$/;

/** `['steps', 2, 'action', 'url']` → `steps[2].action.url` */
export function dotted(path: Path): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else if (simpleKey.test(part)) text += text === '' ? part : `.${part}`;
    else text += `[${JSON.stringify(part.length > 80 ? `${part.slice(0, 80)}…` : part)}]`;
  }
  return text;
}

type Noted = { offset: number; end: number; path: string; message: string };

export class Mistakes {
  /** by path, as JSON */
  readonly places = new Map<string, Place>();
  private readonly settled = new Set<string>();
  private readonly counter: LineCounter;
  private noted: Noted[] = [];
  private warned: Noted[] = [];
  private readonly moved = new Map<string, Path>();

  constructor(counter: LineCounter) {
    this.counter = counter;
  }

  get count(): number {
    return this.noted.length;
  }

  /** Nothing more is noted: nobody reads a thousand mistakes. */
  get isFull(): boolean {
    return this.noted.length >= maxNoted;
  }

  position(offset: number): { line: number; column: number } {
    const { line, col } = this.counter.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }

  addAt(offset: number, path: string, message: string): void {
    if (!this.isFull) this.noted.push({ offset, end: offset, path, message });
  }

  /** Ignored where `settle` was called. The nearest enclosing place is used for what is missing. `key` points at the key instead of the value. */
  add(path: Path, message: string, point: 'value' | 'key' = 'value'): void {
    if (this.isFull || this.isSettled(path)) return;
    this.noted.push(this.note(path, message, point));
  }

  /** Something worth knowing, which keeps nothing from running. */
  warn(path: Path, message: string, point: 'value' | 'key' = 'value'): void {
    if (this.warned.length < maxReported && !this.isSettled(path)) this.warned.push(this.note(path, message, point));
  }

  /** What is at `path` now, and all below it, was at `from` in the text. */
  move(path: Path, from: Path): void {
    this.moved.set(JSON.stringify(path), from);
  }

  /** Enough has been said about this path and what is below it: later mistakes there are not noted. */
  settle(path: Path): void {
    this.settled.add(JSON.stringify(path));
  }

  isSettled(path: Path): boolean {
    return this.settled.size > 0 && path.some((_, index) => this.settled.has(JSON.stringify(path.slice(0, index + 1))));
  }

  lineOf(path: Path): number {
    return this.position(this.placeOf(path).start).line;
  }

  /** Forgets what was noted after the first `from` about text that does not end before `offset`. */
  dropBehind(offset: number, from: number): void {
    this.noted = this.noted.filter((m, index) => index < from || m.end < offset);
    this.warned = this.warned.filter((m) => m.end < offset);
  }

  /** In the order of the text, without repetitions; at most 500, and then one that says that there are more. */
  list(): RunbookMistake[] {
    return this.inOrder(this.noted);
  }

  warnings(): RunbookMistake[] {
    return this.inOrder(this.warned);
  }

  private inOrder(noted: readonly Noted[]): RunbookMistake[] {
    const seen = new Set<string>();
    const sorted = [...noted]
      .sort((a, b) => a.offset - b.offset)
      .filter((m) => {
        const key = `${m.offset} ${m.path} ${m.message}`;
        return seen.has(key) ? false : (seen.add(key), true);
      });
    const listed = sorted.slice(0, maxReported).map((m) => ({ ...this.position(m.offset), path: m.path, message: m.message }));
    const last = listed.at(-1);
    if (last && sorted.length > listed.length) listed.push({ ...last, path: '', message: 'and more mistakes; mend these first' });
    return listed;
  }

  private note(path: Path, message: string, point: 'value' | 'key'): Noted {
    const place = this.placeOf(path);
    return { offset: point === 'key' ? place.key : place.start, end: place.end, path: dotted(this.inText(path)), message };
  }

  /** Where this stood in the text before it was translated. */
  private inText(path: Path): Path {
    for (let length = this.moved.size === 0 ? 0 : path.length; length > 0; length -= 1) {
      const from = this.moved.get(JSON.stringify(path.slice(0, length)));
      if (from) return [...from, ...path.slice(length)];
    }
    return path;
  }

  private placeOf(translated: Path): Place {
    const path = this.inText(translated);
    for (let length = path.length; length >= 0; length -= 1) {
      const place = this.places.get(JSON.stringify(path.slice(0, length)));
      if (place) return place;
    }
    return { key: 0, start: 0, end: 0 };
  }
}
