/** Lays black over whole elements. Part of the guard's script: the function is serialised, so nothing outside of it is there. */

/** What can be painted: of other elements a script cannot set the style. */
export type Painted = HTMLElement | SVGElement | MathMLElement;
/** `field`: for its value. `drawn`: for what style sheets and attributes make it show. */
export type Reason = 'field' | 'drawn';

export type Paint = {
  /** Covers an element for a reason; 1 when it was not covered before, or is not any more as it was. */
  cover(element: Painted, reason: Reason): number;
  /** The black goes with the last reason. */
  uncover(element: Painted, reason: Reason): void;
  /** Uncovers all others that were covered for this reason. */
  keep(reason: Reason, elements: ReadonlySet<Node>): void;
  /** Forgets elements that are not in the document any more. */
  tidy(): void;
};

export function createPaint(): Paint {
  // a transition would show the colours of before for a while
  const black = { transition: 'none', animation: 'none', background: '#000', color: '#000', '-webkit-text-fill-color': '#000' };
  // what hangs out of the box would be black on the page's own ground
  const style = Object.entries({
    ...black,
    'caret-color': '#000',
    'text-shadow': 'none',
    filter: 'brightness(0)',
    'clip-path': 'inset(0)',
  });
  // without a box of its own there is nothing to be black
  const boxed: [string, string][] = [...style, ['display', 'block']];
  type Covered = { before: [string, string, string][]; after: string; style: [string, string][]; reasons: Set<Reason> };
  const covered = new Map<Painted, Covered>();

  const read = (element: Painted, properties: [string, string][]): [string, string, string][] =>
    properties.map(([name]) => [name, element.style.getPropertyValue(name), element.style.getPropertyPriority(name)]);
  const first = (element: Painted): Covered => {
    const wanted = getComputedStyle(element).display === 'contents' ? boxed : style;
    return { before: read(element, wanted), after: '', style: wanted, reasons: new Set() };
  };
  const uncover = (element: Painted, reason: Reason): void => {
    const known = covered.get(element);
    if (!known?.reasons.delete(reason) || known.reasons.size > 0) return;
    for (const [property, value, priority] of known.before)
      if (value === '') element.style.removeProperty(property);
      else element.style.setProperty(property, value, priority);
    covered.delete(element);
  };

  return {
    cover(element, reason) {
      // a picture that shows it is thrown away again and again
      if (!('style' in element)) return 1;
      const known = covered.get(element) ?? first(element);
      known.reasons.add(reason);
      if (known.after === read(element, known.style).join()) return 0;
      for (const [property, value] of known.style) element.style.setProperty(property, value, 'important');
      known.after = read(element, known.style).join();
      covered.set(element, known);
      return 1;
    },
    uncover,
    keep(reason, elements) {
      for (const element of [...covered.keys()]) if (!elements.has(element)) uncover(element, reason);
    },
    tidy() {
      for (const element of [...covered.keys()]) if (!element.isConnected) covered.delete(element);
    },
  };
}
