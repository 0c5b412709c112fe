/**
 * What runs in an isolated world of every document of a job that has secrets: the page's own scripts see neither it nor the secrets. It paints black what shows one.
 * One function, serialised as a whole: nothing outside of it is there.
 */

/** What a look through the document has found: how much was covered since the look before; `whole` is false when the document is too large. */
export type GuardScan = { covered: number; whole: boolean };

/** A script that makes the guard of a document, or gives one that is there other secrets. */
export const guardScript = (secrets: readonly string[]): string => `(${install.toString()})(${JSON.stringify(secrets)})`;
/** Gives a GuardScan; null where no guard is. */
export const scanScript = 'globalThis.__understudyGuard ? globalThis.__understudyGuard.scan() : null';

function install(secrets: string[]): void {
  type Guard = { secrets: string[]; scan: () => GuardScan };
  type Field = HTMLElement & { value?: unknown };
  const world = globalThis as typeof globalThis & { __understudyGuard?: Guard };
  if (world.__understudyGuard) {
    world.__understudyGuard.secrets = secrets;
    return;
  }
  const mostNodes = 20_000;
  const shortestInText = 4;
  const black: [string, string][] = [
    ['background', '#000'],
    ['color', '#000'],
    ['-webkit-text-fill-color', '#000'],
    ['caret-color', '#000'],
    ['text-shadow', 'none'],
    ['filter', 'brightness(0)'],
  ];
  const name = 'understudy-covered';
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`::highlight(${name}) { background-color: #000; color: #000; text-decoration: none; text-shadow: none }`);
  const covered = new Map<Field, [string, string, string][]>();
  const texts = new Map<Text, string>();
  const highlight = new Highlight();

  const shows = (text: string): boolean =>
    guard.secrets.some((secret) => (secret.length >= shortestInText ? text.includes(secret) : text === secret));
  const isField = (element: Element): element is Field =>
    element instanceof HTMLElement && (element.matches('input, textarea, select') || element.isContentEditable);
  const valueOf = (field: Field): string => {
    if (field instanceof HTMLSelectElement) return [...field.selectedOptions].map((option) => `${option.value}\n${option.text}`).join('\n');
    const value = 'value' in field && typeof field.value === 'string' ? field.value : (field.textContent ?? '');
    return `${value}`.slice(0, 20_000);
  };
  const mustBeCovered = (field: Field): boolean => {
    const value = valueOf(field);
    if (field instanceof HTMLInputElement && field.type === 'password') return value !== '';
    return value !== '' && (shows(value) || shows(field.getAttribute('placeholder') ?? ''));
  };
  /** how much was covered that the host does not know of */
  let fresh = 0;
  const paint = (field: Field): void => {
    if (covered.has(field) && black.every(([property]) => field.style.getPropertyPriority(property) === 'important')) return;
    fresh += 1;
    covered.set(
      field,
      black.map(([property]) => [property, field.style.getPropertyValue(property), field.style.getPropertyPriority(property)]),
    );
    for (const [property, value] of black) field.style.setProperty(property, value, 'important');
  };
  const unpaint = (field: Field): void => {
    for (const [property, value, priority] of covered.get(field) ?? [])
      if (value === '') field.style.removeProperty(property);
      else field.style.setProperty(property, value, priority);
    covered.delete(field);
  };
  const lookAt = (field: Field): void => {
    if (mustBeCovered(field)) paint(field);
    else if (covered.has(field)) unpaint(field);
  };
  const style = (root: Document | ShadowRoot): void => {
    if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  };
  const lookAtText = (node: Text): void => {
    const known = texts.get(node);
    if (known === node.data) return;
    if (known !== undefined) for (const range of [...highlight]) if (range.startContainer === node) highlight.delete(range);
    texts.delete(node);
    const found = guard.secrets.filter((secret) => secret.length >= shortestInText && node.data.includes(secret));
    for (const secret of found)
      for (let at = node.data.indexOf(secret); at >= 0; at = node.data.indexOf(secret, at + secret.length)) {
        const range = new Range();
        range.setStart(node, at);
        range.setEnd(node, at + secret.length);
        highlight.add(range);
      }
    if (found.length === 0) return;
    texts.set(node, node.data);
    fresh += 1;
  };
  let left = 0;
  const walk = (root: Document | ShadowRoot): void => {
    style(root);
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    for (let node = walker.nextNode(); node && (left -= 1) > 0; node = walker.nextNode()) {
      if (node instanceof Text) lookAtText(node);
      else if (node instanceof Element) {
        if (node.shadowRoot) walk(node.shadowRoot);
        if (isField(node)) lookAt(node);
      }
    }
  };
  const look = (): void => {
    for (const [node] of texts) if (!node.isConnected) texts.delete(node);
    for (const [field] of covered) if (!field.isConnected) covered.delete(field);
    left = mostNodes;
    walk(document);
    CSS.highlights.set(name, highlight);
  };
  const guard: Guard = {
    secrets,
    scan() {
      look();
      const found = { covered: fresh, whole: left > 0 };
      fresh = 0;
      return found;
    },
  };
  world.__understudyGuard = guard;
  const onInput = (event: Event): void => {
    const [target] = event.composedPath();
    if (target instanceof HTMLElement) {
      const field = isField(target) ? target : target.closest<HTMLElement>('[contenteditable]');
      if (field) lookAt(field);
    }
  };
  // before the page hears of it, and so before the next paint
  for (const type of ['input', 'change', 'beforeinput']) window.addEventListener(type, onInput, true);
  let planned = false;
  const observer = new MutationObserver(() => {
    if (planned) return;
    planned = true;
    requestAnimationFrame(() => {
      planned = false;
      look();
    });
  });
  observer.observe(document, {
    subtree: true,
    childList: true,
    characterData: true,
    attributes: true,
    attributeFilter: ['value', 'placeholder'],
  });
}
