/** How an element is found again after the page was loaded anew. These functions run in the page (in-page.ts). */

/** One CSS selector per tree: the document's, then those of the open shadow roots on the way. */
export type Place = string[];

/** By the nearest id that is the only one of its kind, else by the position in the tree. */
export function placeOf(element: Element): Place {
  const place: Place = [];
  for (let inner: Element | null = element; inner;) {
    const root = inner.getRootNode() as Document | ShadowRoot;
    const parts: string[] = [];
    for (let at: Element | null = inner; at; at = at.parentElement) {
      const id = at.id === '' ? '' : `#${CSS.escape(at.id)}`;
      if (id !== '' && root.querySelectorAll(id).length === 1) {
        parts.unshift(id);
        break;
      }
      const name = at.localName;
      const alike = [...(at.parentNode?.children ?? [])].filter((child) => child.localName === name);
      parts.unshift(`${CSS.escape(name)}:nth-of-type(${alike.indexOf(at) + 1})`);
    }
    place.unshift(parts.join(' > '));
    inner = root instanceof ShadowRoot ? root.host : null;
  }
  return place;
}

export function elementAt(place: Place): Element | null {
  let scope: Document | ShadowRoot | null = document;
  let found: Element | null = null;
  for (const selector of place) {
    found = scope?.querySelector(selector) ?? null;
    scope = found?.shadowRoot ?? null;
  }
  return found;
}
