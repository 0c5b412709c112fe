/** Covers texts that show a secret without changing the document. Part of the guard's script: the function is serialised, so nothing outside of it is there. */
import type { Lines } from './guard-lines.ts';
import type { Matcher } from './guard-matcher.ts';
import type { Paint, Painted } from './guard-paint.ts';

/** What is shown of a text in the document, or by an element that has the text from elsewhere: that one is covered as a whole. */
export type Piece = { text: string; of: Text | Painted };

export type TextCover = {
  /**
   * Covers what of these neighbouring pieces shows a secret, even when it is spread over several; how many that were not covered before. `all`: they are all that
   * there is around them, so what does not show a secret is uncovered.
   */
  look(pieces: Piece[], all: boolean): number;
  /** Makes covering work in a document or shadow root; 1 when it was undone there while something was covered. */
  prepare(root: Document | ShadowRoot): number;
  /** After a look at everything: forgets texts that are not in the document any more, and elements that do not show theirs. */
  tidy(): void;
};

export function createTextCover(matcher: () => Matcher, paint: Paint, lines: Lines): TextCover {
  type Span = [number, number];
  const name = 'understudy-covered';
  const black =
    'background-color: #000 !important; color: #000 !important; -webkit-text-fill-color: #000 !important; -webkit-text-stroke: 0 #000 !important; text-decoration: none !important; text-shadow: none !important';
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`::highlight(${name}) { ${black} }`);
  const highlight = new Highlight();
  // what is selected is painted over what is highlighted
  const whileCovered = new CSSStyleSheet();
  const setSelection = (): void =>
    whileCovered.replaceSync(highlight.size === 0 ? '' : `*:not(#a#a#a)::selection { ${black} } :host::selection { ${black} }`);
  const covered = new Map<Text, { data: string; key: string; ranges: Range[] }>();
  let drawn = new Set<Node>();

  const uncover = (text: Text): void => {
    for (const range of covered.get(text)?.ranges ?? []) highlight.delete(range);
    covered.delete(text);
  };
  const cover = (text: Text, spans: Span[]): number => {
    const key = `${spans.join(' ')} ${text.data}`;
    if (covered.get(text)?.key === key) return 0;
    uncover(text);
    if (spans.length === 0) return 0;
    const ranges = spans.map(([start, end]) => {
      const range = new Range();
      range.setStart(text, start);
      range.setEnd(text, end);
      highlight.add(range);
      return range;
    });
    covered.set(text, { data: text.data, key, ranges });
    return 1;
  };
  const coverPiece = ({ of }: Piece, spans: Span[], all: boolean): number => {
    if (of instanceof Text) return spans.length > 0 || all || covered.get(of)?.data !== of.data ? cover(of, spans) : 0;
    if (spans.length === 0) return 0;
    drawn.add(of);
    return paint.cover(of, 'drawn');
  };

  /** Adds to the spans of each piece what shows when they are read in one go. */
  const read = (pieces: Piece[], spans: Map<Piece, Span[]>): void => {
    const found = matcher().find(pieces.map(({ text }) => text).join(''));
    if (found.length === 0) return;
    let [start, next] = [0, 0];
    for (const piece of pieces) {
      const end = start + piece.text.length;
      while ((found[next]?.[1] ?? Infinity) <= start) next += 1;
      for (let at = next; (found[at]?.[0] ?? Infinity) < end; at += 1) {
        const [first, behind] = found[at] ?? [0, 0];
        const span: Span = [Math.max(first, start) - start, Math.min(behind, end) - start];
        const known = spans.get(piece);
        if (known) known.push(span);
        else spans.set(piece, [span]);
      }
      start = end;
    }
  };
  const united = (spans: Span[]): Span[] => {
    const apart: Span[] = [];
    for (const [start, end] of spans.sort((a, b) => a[0] - b[0])) {
      const last = apart.at(-1);
      if (last && start <= last[1]) last[1] = Math.max(last[1], end);
      else apart.push([start, end]);
    }
    return apart;
  };

  return {
    look(pieces, all) {
      const spans = new Map<Piece, Span[]>();
      read(pieces, spans);
      const seen = lines(pieces);
      for (const line of seen ?? []) read(line, spans);
      // what nobody could find out in time is no better than what was just seen
      const unsure = seen === null ? 1 : 0;
      if (spans.size === 0 && covered.size === 0) return unsure;
      const before = highlight.size;
      let fresh = unsure;
      for (const piece of pieces) fresh += coverPiece(piece, united(spans.get(piece) ?? []), all);
      if ((before === 0) !== (highlight.size === 0)) setSelection();
      return fresh;
    },
    prepare(root) {
      const lost = CSS.highlights.get(name) !== highlight || [sheet, whileCovered].some((one) => !root.adoptedStyleSheets.includes(one));
      if (!lost) return 0;
      CSS.highlights.set(name, highlight);
      root.adoptedStyleSheets = [...root.adoptedStyleSheets.filter((one) => one !== sheet && one !== whileCovered), sheet, whileCovered];
      return highlight.size > 0 ? 1 : 0;
    },
    tidy() {
      for (const text of [...covered.keys()]) if (!text.isConnected) uncover(text);
      paint.keep('drawn', drawn);
      drawn = new Set();
    },
  };
}
