/** What runs in the page: an element and the form that it belongs to, read in one go. It is told no value of the job. */

export type ReadLimits = { fieldCss: string; fields: number; scanned: number; text: number; total: number; options: number };

/** `names` in the order in which they are good as a name; `length` is that of the whole value, `value` may be cut. */
export type RawElement = { tag: string; type: string; role: string; names: string[]; value: string; length: number };
export type RawScene = {
  connected: boolean;
  target: RawElement & { options: { value: string; label: string }[] };
  fields: RawElement[];
  /** of the fields beyond the limit */
  more: { count: number; values: string };
  /** what the link that the target is in, or its form, says that it leads to, which may be relative to `base`; '' when it does not say */
  leadsTo: string;
  base: string;
};

/**
 * One function, since nothing else is there. Fields are the visible ones of the target's form; for a target without a form, those of the page that are in none.
 * Reads at most `total` characters.
 */
export function readTarget(node: Node, limits: ReadLimits): RawScene {
  const target = node instanceof Element ? node : document.documentElement;
  const root = target.getRootNode() as Document | ShadowRoot;
  let left = limits.total;
  const cut = (text: string | null | undefined): string => {
    const short = (text ?? '').slice(0, Math.max(0, Math.min(limits.text, left)));
    left -= short.length;
    return short;
  };
  const textOf = (...nodes: (Node | null)[]): string => {
    let text = '';
    for (const walker of nodes.map((one) => document.createTreeWalker(one ?? new Text(), NodeFilter.SHOW_TEXT)))
      for (let next = walker.nextNode(); next && text.length < limits.text; next = walker.nextNode())
        if (!next.parentElement?.closest('select, textarea, script, style')) text += (next.nodeValue ?? '').slice(0, limits.text);
    return cut(text);
  };
  const attribute = (element: Element | null, name: string): string => cut(element?.getAttribute(name));
  const typeOf = (element: Element): string => ('type' in element ? String(element.type) : '');
  const labelIds = (element: Element): string[] => attribute(element, 'aria-labelledby').match(/\S+/g)?.slice(0, 5) ?? [];
  const namesOf = (element: Element): string[] => [
    textOf(...labelIds(element).map((id) => root.querySelector(`#${CSS.escape(id)}`))),
    attribute(element, 'aria-label'),
    'labels' in element && element.labels instanceof NodeList ? textOf(...element.labels) : '',
    /^(submit|button|reset)$/.test(typeOf(element)) && element instanceof HTMLInputElement ? cut(element.value) : '',
    attribute(element, 'alt'),
    element.matches('input, select, textarea, [contenteditable]') ? '' : textOf(element),
    attribute(element.querySelector('img[alt]'), 'alt'),
    ...['title', 'placeholder', 'name', 'id'].map((name) => attribute(element, name)),
  ];
  const valueOf = (element: Element): string => {
    if (element instanceof HTMLSelectElement) return [...element.selectedOptions].map((option) => option.label).join(', ');
    if (/^(checkbox|radio)$/.test(typeOf(element)) && 'checked' in element) return element.checked ? 'yes' : 'no';
    return 'value' in element ? String(element.value) : element.matches('[contenteditable]') ? (element.textContent ?? '') : '';
  };
  const read = (element: Element): RawElement => {
    const [value, tag, type, role] = [valueOf(element), element.localName, typeOf(element), attribute(element, 'role')];
    return { tag, type, role, names: namesOf(element), value: cut(value), length: value.length };
  };
  const formOf = (element: Element): Element | null =>
    'form' in element && element.form instanceof HTMLFormElement ? element.form : element.closest('form');
  const found = [...root.querySelectorAll(limits.fieldCss)].slice(0, limits.scanned);
  const [form, told] = [formOf(target), read(target)];
  const visible = found.filter((element) => formOf(element) === form && element.checkVisibility({ visibilityProperty: true }));
  const [fields, others] = [visible.slice(0, limits.fields).map(read), visible.slice(limits.fields)];
  const more = { count: others.length, values: cut(others.map(valueOf).join('\n')) };
  const options = target instanceof HTMLSelectElement ? [...target.options].slice(0, limits.options) : [];
  const choices = options.map((option) => ({ value: cut(option.value), label: cut(option.label) }));
  const leadsTo = attribute(target.closest('a[href], area[href]'), 'href') || attribute(target, 'formaction') || attribute(form, 'action');
  return { connected: target.isConnected, target: { ...told, options: choices }, fields, more, leadsTo, base: cut(document.baseURI) };
}
