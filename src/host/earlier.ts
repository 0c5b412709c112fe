/**
 * Texts that were secret and are no value any more: pages, traces and lines of the console still hold them. A loop leaves some behind in each iteration, so what has to be
 * told again and again is bounded, and only the end of the job asks for all of them.
 */

/** `all`: the newest last. `recent`: those that pictures cover and that every step is told of: at most 300, and 200,000 characters (one alone may be longer). */
export type Earlier = { all: Set<string>; recent: string[] };

const mostRecent = 300;
const mostRecentCharacters = 200_000;
/** A checkpoint travels in one request. */
const mostKept = 10_000;
const mostKeptCharacters = 4_000_000;

export const noneEarlier = (): Earlier => ({ all: new Set(), recent: [] });

export function remember({ all, recent }: Earlier, text: string): void {
  // the newest of all, though it was known
  if (all.delete(text) && recent.includes(text)) recent.splice(recent.indexOf(text), 1);
  all.add(text);
  recent.push(text);
  recent.splice(0, recent.length - newestWithin(recent, mostRecent, mostRecentCharacters).length);
}

/** What a job takes along that is parked: the newest 10,000, and 4 million characters. */
export const keptOf = ({ all }: Earlier): string[] => newestWithin([...all], mostKept, mostKeptCharacters);

function newestWithin(texts: readonly string[], count: number, characters: number): string[] {
  let from = texts.length;
  let left = characters;
  while (from > Math.max(0, texts.length - count)) {
    left -= texts[from - 1]?.length ?? 0;
    if (left < 0 && from < texts.length) break;
    from -= 1;
  }
  return texts.slice(from);
}
