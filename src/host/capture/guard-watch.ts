/** Keeps a document covered while it changes. Part of the guard's script: the function is serialised, so nothing outside of it is there. */
import type { Budget, Collector } from './guard-collect.ts';
import type { FieldCover } from './guard-fields.ts';
import type { Generated } from './guard-generated.ts';
import type { Paint } from './guard-paint.ts';
import type { GuardScan } from './guard-script.ts';
import type { TextCover } from './guard-texts.ts';

export type Watch = { scan(): GuardScan };
export type WatchParts = { texts: TextCover; fields: FieldCover; generated: Generated; paint: Paint; collector: Collector };

/** What changes is covered before it is painted; `scan` looks through everything, for what changes without a word (values that scripts set). */
export function createWatch({ texts, fields, generated, paint, collector }: WatchParts): Watch {
  const [mostNodes, longestMs, mostNodesChanged, longestChangeMs, laterMs] = [30_000, 300, 3_000, 10, 100];
  type Root = Document | ShadowRoot;
  type Sum = { covered: number; nodes: number };
  const inline = new Set('A B CODE EM FONT I KBD MARK S SMALL SPAN STRONG SUB SUP U WBR'.split(' '));
  const watched = new WeakSet<Root>();
  /** what may have been painted before it was covered */
  let fresh = 0;

  /** @returns how much was covered anew; null: it is too much to look through */
  const look = (within: Node, budget: Budget): Sum | null => {
    const found = collector.collect(within, budget);
    if (!found) return null;
    const sum = { covered: fields.look(found.fields, budget.all) + texts.look(found.pieces, budget.all), nodes: found.nodes };
    for (const root of found.roots) {
      const more = lookAtRoot(root, budget);
      if (more === null) return null;
      sum.covered += more.covered;
      sum.nodes += more.nodes;
    }
    return sum;
  };
  const lookAtRoot = (root: Root, budget: Budget): Sum | null => {
    fresh += texts.prepare(root);
    listen(root);
    return look(root, budget);
  };
  const whole = (): Sum | null => {
    paint.tidy();
    generated.learn(document);
    const sum = lookAtRoot(document, { nodes: mostNodes, until: performance.now() + longestMs, all: true });
    if (sum) texts.tidy();
    fresh += sum?.covered ?? 0;
    return sum;
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
    const scopes = new Set(changed.map((node) => node.parentElement?.closest('select') ?? surroundings(node)));
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
    const attributeFilter = ['value', 'placeholder', 'type', 'contenteditable', 'alt', 'label'];
    observer.observe(root, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter });
  };

  listen(document);
  return {
    scan() {
      const sum = whole();
      const seen = { whole: sum !== null, covered: fresh, nodes: sum?.nodes ?? 0 };
      fresh = 0;
      return seen;
    },
  };
}
