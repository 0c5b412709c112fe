/** Finds any of many texts in another one, in one pass, however many they are. */

/** `[first, behind the last]` character of a text. */
export type Span = [number, number];

export type Finder = {
  /** Texts of fewer than 3 characters are not taken. */
  add: (wanted: string) => void;
  /** Where one of the texts stands, in the order of their beginnings; they may overlap. */
  find(text: string): Span[];
  /** length of the shortest text that is looked for; Infinity when there is none */
  readonly least: number;
};

/** A shorter text would be found in half of all others. */
export const shortestFound = 3;
const headSlots = 1 << 16;

/** Of three characters, well spread. */
const headOf = (first: number, second: number, third: number): number =>
  Math.imul((first << 14) ^ (second << 7) ^ third, 0x9e3779b1) >>> 16;

/**
 * Looks at three characters at each place and compares only what begins like them, so that time grows with the text and not with how many are looked for: one expression
 * of thousands of alternatives would neither compile nor come to an end.
 */
export function createFinder(): Finder {
  const heads = new Uint8Array(headSlots);
  let least = Infinity;
  const wantedBy = new Map<number, Map<number, Set<string>>>();
  return {
    get least() {
      return least;
    },
    add(wanted) {
      if (wanted.length < shortestFound) return;
      const head = headOf(wanted.charCodeAt(0), wanted.charCodeAt(1), wanted.charCodeAt(2));
      heads[head] = 1;
      least = Math.min(least, wanted.length);
      const byLength = wantedBy.get(head) ?? new Map<number, Set<string>>();
      wantedBy.set(head, byLength);
      byLength.set(wanted.length, (byLength.get(wanted.length) ?? new Set()).add(wanted));
    },
    find(text) {
      const spans: Span[] = [];
      if (text.length < least) return spans;
      let first = text.charCodeAt(0);
      let second = text.charCodeAt(1);
      for (let at = 0; at + shortestFound <= text.length; at += 1) {
        const third = text.charCodeAt(at + 2);
        const head = headOf(first, second, third);
        first = second;
        second = third;
        if (heads[head] === 0) continue;
        for (const [length, wanted] of wantedBy.get(head) ?? [])
          if (at + length <= text.length && wanted.has(text.slice(at, at + length))) spans.push([at, at + length]);
      }
      return spans;
    },
  };
}

/** Spans that overlap or touch are one; in order. */
export function united(spans: readonly Span[]): Span[] {
  if (spans.length === 0) return [];
  const apart: Span[] = [];
  for (const [start, end] of [...spans].sort((a, b) => a[0] - b[0])) {
    const last = apart.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else apart.push([start, end]);
  }
  return apart;
}
