/** Keeps a document covered while it changes. Part of the guard's script: the function is serialised, so nothing outside of it is there. */
import type { FieldCover } from './guard-fields.ts';
import type { GuardScan } from './guard-script.ts';
import type { TextCover } from './guard-texts.ts';

export type Watch = { scan(): GuardScan };

/** What changes is covered before it is painted; `scan` looks through everything, for what changes without a word (values that scripts set). */
export function createWatch(texts: TextCover, fields: FieldCover): Watch {
  const [mostNodes, longestMs, mostNodesChanged, longestChangeMs, laterMs] = [30_000, 200, 3_000, 10, 100];
  const unseen = new Set(['SCRIPT', 'STYLE', 'NOSCRIPT', 'TEMPLATE', 'TITLE', 'TEXTAREA']);
  type Root = Document | ShadowRoot;
  const inline = new Set('A B CODE EM FONT I KBD MARK S SMALL SPAN STRONG SUB SUP U WBR'.split(' '));
  /** `all`: the whole document is looked through */
  type Budget = { nodes: number; until: number; all: boolean };
  const watched = new WeakSet<Root>();
  /** what may have been painted before it was covered */
  let fresh = 0;

  const collect = (within: Node, budget: Budget, found: { texts: Text[]; fields: HTMLElement[]; roots: ShadowRoot[] }): boolean => {
    const walker = document.createTreeWalker(within, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    for (let node: Node | null = within; node; node = walker.nextNode()) {
      budget.nodes -= 1;
      if (budget.nodes < 0 || (budget.nodes % 500 === 0 && performance.now() > budget.until)) return false;
      if (node instanceof Text) {
        if (!unseen.has(node.parentElement?.tagName ?? '')) found.texts.push(node);
      } else if (node instanceof Element) {
        if (node.shadowRoot) found.roots.push(node.shadowRoot);
        if (node instanceof HTMLElement && node.matches(fields.selector)) found.fields.push(node);
      }
    }
    return true;
  };
  /** @returns how much was covered anew; null: it is too much to look through */
  const look = (within: Node, budget: Budget): number | null => {
    const found = { texts: [], fields: [], roots: [] as ShadowRoot[] };
    if (!collect(within, budget, found)) return null;
    let sum = fields.look(found.fields, budget.all) + texts.look(found.texts, budget.all);
    for (const root of found.roots) {
      const more = lookAtRoot(root, budget);
      if (more === null) return null;
      sum += more;
    }
    return sum;
  };
  const lookAtRoot = (root: Root, budget: Budget): number | null => {
    fresh += texts.prepare(root);
    listen(root);
    return look(root, budget);
  };
  const whole = (): boolean => {
    texts.tidy();
    fields.tidy();
    const sum = lookAtRoot(document, { nodes: mostNodes, until: performance.now() + longestMs, all: true });
    fresh += sum ?? 0;
    return sum !== null;
  };

  let planned = false;
  const lookLater = (): void => {
    if (planned) return;
    planned = true;
    setTimeout(() => {
      planned = false;
      whole();
    }, laterMs);
  };
  /** A change, with the words around it: a text may be spread over several elements. */
  const surroundings = (node: Node): Node => {
    let around = node;
    while (around.parentNode && (around instanceof Text || (around instanceof Element && inline.has(around.tagName))))
      around = around.parentNode;
    return around;
  };
  const onChange = (records: MutationRecord[]): void => {
    const changed = records.flatMap(({ type, target, addedNodes }) => (type === 'childList' ? [...addedNodes] : [target]));
    const scopes = new Set(changed.map(surroundings));
    const budget = { nodes: mostNodesChanged, until: performance.now() + longestChangeMs, all: false };
    // before the next paint, so nobody has seen it
    for (const scope of scopes) if (look(scope, budget) === null) return lookLater();
  };
  const onInput = (event: Event): void => {
    const field = fields.of(event);
    const root = field?.getRootNode();
    if (!field || !(root instanceof Document || root instanceof ShadowRoot)) return;
    const all = field instanceof HTMLInputElement ? [...root.querySelectorAll<HTMLElement>('input')] : [];
    const at = all.indexOf(field);
    fields.look(at < 0 ? [field] : all.slice(Math.max(0, at - 16), at + 17), true);
  };
  const observer = new MutationObserver(onChange);
  const listen = (root: Root): void => {
    if (watched.has(root)) return;
    watched.add(root);
    // at the window before the page hears of it, and so before the next paint; `change` does not leave a shadow root
    const target = root instanceof Document ? window : root;
    for (const type of ['input', 'change']) target.addEventListener(type, onInput, true);
    const attributeFilter = ['value', 'placeholder', 'type', 'contenteditable'];
    observer.observe(root, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter });
  };

  listen(document);
  return {
    scan() {
      const seen = { whole: whole(), covered: fresh };
      fresh = 0;
      return seen;
    },
  };
}
