/** Walks through a document and gathers what may show a secret. Part of the guard's script: the function is serialised, so nothing outside of it is there. */
import type { Generated } from './guard-generated.ts';
import type { Piece } from './guard-texts.ts';

/** `all`: the whole document is looked through */
export type Budget = { nodes: number; until: number; all: boolean };
/** `nodes`: elements, texts and comments below the document's element */
export type Found = { pieces: Piece[]; fields: HTMLElement[]; roots: ShadowRoot[]; nodes: number };

export type Collector = {
  /** What is in here, without what shadow roots hold. Null: it is too much to look through. */
  collect(within: Node, budget: Budget): Found | null;
  /** Tells of a shadow root that is closed to scripts; false when it was known. */
  reveal(root: ShadowRoot): boolean;
};

export function createCollector(generated: Generated, fields: string): Collector {
  const wanted = NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT | NodeFilter.SHOW_CDATA_SECTION | NodeFilter.SHOW_COMMENT;
  const unseen = new Set(['SCRIPT', 'STYLE', 'NOSCRIPT', 'TEMPLATE', 'TITLE']);
  const closed = new WeakMap<Element, ShadowRoot>();

  const isUnseen = (parent: Element | null): boolean =>
    parent !== null && (parent.tagName === 'TEXTAREA' || (unseen.has(parent.tagName) && !parent.checkVisibility()));
  /** What stands in place of a picture that does not come. */
  const insteadOf = (element: Element): string => {
    if (element instanceof HTMLImageElement) return element.getAttribute('alt') ?? element.title;
    if (!(element instanceof HTMLInputElement) || element.type !== 'image') return '';
    return element.getAttribute('alt') ?? (element.title || element.value);
  };
  const outside = (within: Node): number =>
    within instanceof Document ? 1 + [...within.childNodes].filter((node) => node instanceof Comment).length : 1;
  const rootOf = (element: Element): ShadowRoot | null => element.shadowRoot ?? closed.get(element) ?? null;

  const addElement = (element: Element, found: Found, ask: ReturnType<Generated['within']>): Piece | null => {
    const root = rootOf(element);
    if (root) {
      found.roots.push(root);
      generated.learn(root);
    }
    if (element instanceof HTMLElement && element.matches(fields)) found.fields.push(element);
    const of = element as HTMLElement;
    const [before, after] = ask(element);
    const text = insteadOf(element) + before;
    if (text !== '') found.pieces.push({ text, of });
    return after === '' ? null : { text: after, of };
  };
  return {
    collect(within, budget) {
      const found: Found = { pieces: [], fields: [], roots: [], nodes: 0 };
      const ask = generated.within(within);
      const walker = document.createTreeWalker(within, wanted);
      const behind: Piece[] = [];
      const leave = (node: Node | null): void => {
        for (let last = behind.at(-1); last && !(node && last.of.contains(node)); last = behind.at(-1)) {
          found.pieces.push(last);
          behind.pop();
        }
      };
      for (let node: Node | null = within; node; node = walker.nextNode()) {
        budget.nodes -= 1;
        if (budget.nodes < 0 || (budget.nodes % 100 === 0 && performance.now() > budget.until)) return null;
        if (behind.length > 0) leave(node);
        found.nodes += 1;
        const last = node instanceof Element ? addElement(node, found, ask) : null;
        if (last) behind.push(last);
        if (node instanceof Text && !isUnseen(node.parentElement)) found.pieces.push({ text: node.data, of: node });
      }
      leave(null);
      found.nodes -= outside(within);
      return found;
    },
    reveal(root) {
      if (closed.get(root.host) === root) return false;
      closed.set(root.host, root);
      return true;
    },
  };
}
