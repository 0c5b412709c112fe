/** Knows the texts that style sheets make elements show. Part of the guard's script: the function is serialised, so nothing outside of it is there. */

export type Generated = {
  /** Reads the style sheets of a document or shadow root; who is asked there later goes by them. */
  learn(root: Document | ShadowRoot): void;
  /** Tells of the elements in here what they show before and behind what they hold. */
  within(scope: Node): (element: Element) => readonly [string, string];
};

export function createGenerated(): Generated {
  const mostRules = 50_000;
  // matching more of them costs more than to ask each element
  const mostOwners = 40;
  const nothing = ['', ''] as const;
  type Root = Document | ShadowRoot;
  /** `owners`: a selector of the elements that have to be asked, for `pseudos` and, when they are list items, for their markers */
  type Known = { owners: string; pseudos: string[]; markers: 'none' | 'lists' | 'all' };
  type Seen = { owners: Set<string>; pseudos: Set<string>; wide: boolean; markers: Known['markers']; rules: number };
  type Reading = { parents: CSSRule[]; seen: Seen };
  const known = new WeakMap<Node, Known>();
  /** hosts of shadow roots and what stands in them: style sheets of the root reach them */
  const reached = new WeakSet<Node>();

  const stringsOf = (value: string): string =>
    [...value.matchAll(/"((?:[^"\\]|\\[^])*)"/g)]
      .map(([, text = '']) =>
        text.replace(/\\(?:([0-9a-f]{1,6})\s?|([^]))/gi, (_, code: string | undefined, character: string) =>
          code === undefined ? character : String.fromCodePoint(Math.min(parseInt(code, 16), 0x10ffff)),
        ),
      )
      .join('');
  /** Most are signs of icon fonts, and of those there are thousands. */
  const isHarmless = (content: string): boolean => {
    if (!/["(]/.test(content)) return true;
    const uncounted = content.replace(/counters?\([^()]*\)/g, '');
    const text = stringsOf(uncounted);
    return !uncounted.includes('(') && text.length < 4 && !/[\p{L}\p{N}]/u.test(text);
  };

  /** A rule of others means the elements of all of them. `:is(*)` stands for what a pseudo-element hangs on, and for what is not known. */
  const ownerOf = (selectors: string[]): string =>
    selectors.reduce(
      (parent, selector) =>
        selector.replaceAll('&', `:is(${parent})`).replace(/:scope\b|::[\w-]+(\([^()]*\))?|:(before|after)\b/g, ':is(*)'),
      '*',
    );
  const readStyle = (style: CSSStyleDeclaration, rule: CSSRule, { parents, seen }: Reading): void => {
    if (!isHarmless(style.listStyleType)) [seen.markers, seen.wide] = ['all', true];
    if (isHarmless(style.content)) return;
    const selectors = [...parents, rule].flatMap((one) => (one instanceof CSSStyleRule ? [one.selectorText] : []));
    for (const [pseudo] of selectors.join(' ').matchAll(/::[\w-]+(\([^()]*\))?/g)) seen.pseudos.add(pseudo);
    seen.owners.add(ownerOf(selectors));
    // an animation does not say whose it is
    if (selectors.length === 0) seen.wide = true;
  };
  const readRules = (rules: CSSRuleList, parents: CSSRule[], seen: Seen): void => {
    const reading = { parents, seen };
    // an iterator takes as long again
    for (let nth = 0; nth < rules.length; nth += 1) {
      const rule = rules[nth] as CSSRule;
      seen.rules += 1;
      if (seen.rules > mostRules) return void (seen.wide = true);
      const { style, styleSheet, cssRules } = rule as Partial<CSSStyleRule & CSSImportRule>;
      if (style) readStyle(style, rule, reading);
      if (styleSheet) readSheet(styleSheet, seen);
      if (cssRules && cssRules.length > 0) readRules(cssRules, [...parents, rule], seen);
    }
  };
  const readSheet = (sheet: CSSStyleSheet, seen: Seen): void => {
    try {
      readRules(sheet.cssRules, [], seen);
    } catch {
      // of another origin: nobody knows what it says
      seen.wide = true;
      if (seen.markers === 'none') seen.markers = 'lists';
    }
  };
  const ownersOf = (root: Root, { owners, wide }: Seen): string => {
    const all = [...owners, ...(root instanceof ShadowRoot ? ['[part]'] : [])].join(', ');
    if (wide || owners.size > mostOwners) return '*';
    try {
      if (all !== '') root.querySelector(all);
      return all;
    } catch {
      return '*';
    }
  };

  const shownBy = (element: Element, pseudo: string): string => {
    const { content } = getComputedStyle(element, pseudo);
    return content.includes('"') ? stringsOf(content) : '';
  };
  const markerOf = (element: Element): string => {
    const { display, listStyleType } = getComputedStyle(element);
    return display.includes('list-item') ? shownBy(element, '::marker') || stringsOf(listStyleType) : '';
  };
  const ask = (element: Element, { pseudos, markers }: Known): readonly [string, string] => {
    const isMarked = markers === 'all' || (markers === 'lists' && /^(LI|SUMMARY)$/.test(element.tagName));
    const behind = pseudos.map((pseudo) => shownBy(element, pseudo)).join('');
    return [(isMarked ? markerOf(element) : '') + shownBy(element, '::before'), behind];
  };

  return {
    learn(root) {
      const seen: Seen = { owners: new Set(), pseudos: new Set(['::after']), wide: false, markers: 'none', rules: 0 };
      for (const sheet of [...root.styleSheets, ...root.adoptedStyleSheets]) readSheet(sheet, seen);
      const lists = [...root.querySelectorAll<HTMLElement>('[style*="list-style" i]')];
      if (lists.some(({ style }) => !isHarmless(style.listStyleType))) [seen.markers, seen.wide] = ['all', true];
      seen.pseudos.delete('::before');
      known.set(root, { owners: ownersOf(root, seen), pseudos: [...seen.pseudos], markers: seen.markers });
      if (!(root instanceof ShadowRoot) || (seen.owners.size === 0 && !seen.wide)) return;
      for (const element of [root.host, ...root.host.children]) reached.add(element);
    },
    within(scope) {
      const here = known.get(scope.getRootNode()) ?? { owners: '*', pseudos: ['::after'], markers: 'lists' };
      const everywhere = here.owners === '*';
      const asked = new Set<Node>();
      if (!everywhere && here.owners !== '' && (scope instanceof Element || scope instanceof Document || scope instanceof ShadowRoot)) {
        for (const element of scope.querySelectorAll(here.owners)) asked.add(element);
        if (scope instanceof Element && scope.matches(here.owners)) asked.add(scope);
      }
      return (element) => (everywhere || asked.has(element) || reached.has(element) ? ask(element, here) : nothing);
    },
  };
}
