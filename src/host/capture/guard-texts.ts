/** Covers texts that show a secret without changing the document. Part of the guard's script: the function is serialised, so nothing outside of it is there. */
import type { Matcher } from './guard-matcher.ts';

export type TextCover = {
  /**
   * Covers what of these neighbouring texts shows a secret, even when it is spread over several; how many that were not covered before. `all`: they are all that
   * there is around them, so what does not show a secret is uncovered.
   */
  look(texts: Text[], all: boolean): number;
  /** Makes covering work in a document or shadow root; 1 when it was undone there while something was covered. */
  prepare(root: Document | ShadowRoot): number;
  /** Forgets texts that are not in the document any more. */
  tidy(): void;
};

export function createTextCover(matcher: () => Matcher): TextCover {
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

  const uncover = (text: Text): void => {
    for (const range of covered.get(text)?.ranges ?? []) highlight.delete(range);
    covered.delete(text);
  };
  const cover = (text: Text, spans: [number, number][]): number => {
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

  return {
    look(texts, all) {
      const found = matcher().find(texts.map((text) => text.data).join(''));
      if (found.length === 0 && covered.size === 0) return 0;
      const before = highlight.size;
      let [start, next, fresh] = [0, 0, 0];
      for (const text of texts) {
        const end = start + text.data.length;
        const spans: [number, number][] = [];
        while ((found[next]?.[1] ?? Infinity) <= start) next += 1;
        for (let at = next; (found[at]?.[0] ?? Infinity) < end; at += 1) {
          const [first, behind] = found[at] ?? [0, 0];
          spans.push([Math.max(first, start) - start, Math.min(behind, end) - start]);
        }
        if (spans.length > 0 || all || covered.get(text)?.data !== text.data) fresh += cover(text, spans);
        start = end;
      }
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
    },
  };
}
