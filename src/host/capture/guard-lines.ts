/** Finds texts that are seen side by side, though others are between them. Part of the guard's script: the function is serialised, so nothing outside of it is there. */
import type { Matcher } from './guard-matcher.ts';
import type { Piece } from './guard-texts.ts';

/** Which of these pieces make up a secret when what is hidden or put elsewhere between them is left out. Null: there is too much to try. */
export type Lines = (pieces: Piece[]) => Piece[][] | null;

export function createLines(matcher: () => Matcher): Lines {
  const [farthest, mostSteps] = [50, 100_000];
  type Place = 'unseen' | 'apart' | 'seen';
  type Search = { pieces: Piece[]; bare: string[]; places: Map<Element, Place>; steps: number };

  const ownPlace = (element: Element): Place | 'inline' => {
    if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) return 'unseen';
    const { position, fontSize, display } = getComputedStyle(element);
    if (fontSize === '0px') return 'unseen';
    if (position === 'absolute' || position === 'fixed' || display === 'ruby-text') return 'apart';
    return display === 'inline' || display === 'contents' ? 'inline' : 'seen';
  };
  const placeOf = ({ of }: Piece, places: Map<Element, Place>): Place => {
    const passed: Element[] = [];
    let place: Place | 'inline' = 'inline';
    for (let at = of instanceof Text ? of.parentElement : of; at && place === 'inline'; at = at.parentElement) {
      place = places.get(at) ?? ownPlace(at);
      passed.push(at);
    }
    const found = place === 'inline' ? 'seen' : place;
    for (const element of passed) places.set(element, found);
    return found;
  };

  /** What is still missing after a text; null when it cannot follow. */
  const after = (missing: readonly string[], text: string): readonly string[] | null => {
    if (text === '' || missing.some((rest) => text.startsWith(rest))) return text === '' ? missing : [];
    const left = missing.filter((rest) => rest.startsWith(text));
    return left.length === 0 ? null : left.map((rest) => rest.slice(text.length));
  };
  /** To ask where an element is costs more than to compare texts. */
  const mayGoOn = (start: number, missing: readonly string[], { bare }: Search): boolean => {
    for (let at = start + 1; at < Math.min(bare.length, start + farthest); at += 1) {
      const text = bare[at] ?? '';
      if (text !== '' && after(missing, text)) return true;
    }
    return false;
  };
  /** The pieces of a secret that begins in this one; null when none does, or nothing is between them. */
  const lineFrom = (start: number, first: Piece, search: Search): Piece[] | null => {
    const { pieces, bare, places } = search;
    let missing = matcher().begun(bare[start] ?? '');
    if (missing.length === 0 || !mayGoOn(start, missing, search)) return null;
    const place = placeOf(first, places);
    const line = [first];
    for (let at = start + 1; at < Math.min(pieces.length, start + farthest) && place !== 'unseen'; at += 1) {
      search.steps += 1;
      const piece = pieces[at] ?? first;
      const other = placeOf(piece, places);
      if (other === 'unseen' || (other === 'apart' && place === 'seen')) continue;
      const next = after(missing, bare[at] ?? '');
      if (!next) return null;
      line.push(piece);
      if (next.length === 0) return line.length <= at - start ? line : null;
      missing = next;
    }
    return null;
  };
  return (pieces) => {
    const search: Search = { pieces, bare: pieces.map(({ text }) => matcher().bare(text)), places: new Map(), steps: 0 };
    const found: Piece[][] = [];
    for (const [start, piece] of pieces.entries()) {
      const line = lineFrom(start, piece, search);
      if (line) found.push(line);
      if (search.steps > mostSteps) return null;
    }
    return found;
  };
}
