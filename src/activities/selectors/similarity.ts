/** How alike two short texts are. */

/** beyond these nothing is compared letter by letter */
const longest = 80;

const compared = 120;

const fold = (text: string): string => text.slice(0, compared).normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
const wordsOf = (text: string): Set<string> => new Set(text.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== ''));

/** 1: the same but for case and white space; 0: nothing in common. */
export function similarity(one: string, other: string): number {
  const [a, b] = [fold(one), fold(other)];
  if (a === '' || b === '') return 0;
  if (a === b) return 1;
  return Math.max(containment(a, b), overlap(a, b), closeness(a, b));
}

/** One is in the other: the more of it, the better. */
function containment(a: string, b: string): number {
  const [shorter, longer] = a.length < b.length ? [a, b] : [b, a];
  return shorter.length >= 3 && longer.includes(shorter) ? 0.6 + 0.35 * (shorter.length / longer.length) : 0;
}

function overlap(a: string, b: string): number {
  const [first, second] = [wordsOf(a), wordsOf(b)];
  const shared = [...first].filter((word) => second.has(word)).length;
  return shared === 0 ? 0 : (0.95 * shared) / (first.size + second.size - shared);
}

/** By the number of letters to change, of texts of at most 80 letters. */
function closeness(a: string, b: string): number {
  const length = Math.max(a.length, b.length);
  // half of the letters would have to change: too far, and not worth the work
  if (length > longest || Math.abs(a.length - b.length) * 2 > length) return 0;
  return 1 - distance(a, b) / length;
}

/** Levenshtein's distance, a row at a time. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, nth) => nth);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
