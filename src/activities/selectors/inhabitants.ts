/** The elements of a page that people know: what they are called, in few words. Read in the page, which may lie or never answer; checked and bounded here. */
import type { ElementHandle, Frame } from 'playwright';
import { z } from 'zod';

const most = 800;
/** Texts are long enough to be masked before they are cut to what is shown. */
const limits = { most, scanned: 15_000, ms: 200, text: 400 };

const Text = z.string().max(limits.text);
const Inhabitant = z.object({
  tag: Text,
  type: Text,
  role: Text,
  id: Text,
  name: Text,
  testId: Text,
  texts: z.array(Text).max(6),
  hidden: z.boolean(),
});
export type Inhabitant = z.infer<typeof Inhabitant>;

/** `elementAt`: the element of the nth; rejects when the page has gone meanwhile */
export type Inhabitants = { list: Inhabitant[]; elementAt(nth: number): Promise<ElementHandle | null> };

/** @throws Error for a page that answers nonsense */
export async function readInhabitants(frame: Frame): Promise<Inhabitants> {
  const inPage = await frame.evaluateHandle(read, limits);
  const list = z
    .array(Inhabitant)
    .max(most)
    .parse(await inPage.evaluate(({ list }) => list));
  const elementAt = async (nth: number): Promise<ElementHandle | null> =>
    (await inPage.evaluateHandle(({ elements }, at) => elements[at], nth)).asElement();
  return { list, elementAt };
}

/** Runs in the page. Elements that can be used come before those that only have a name or a short text. */
function read({ most, scanned, ms, text: longest }: typeof limits): { list: Inhabitant[]; elements: Element[] } {
  const ends = performance.now() + ms;
  const usable = 'a, button, input, select, textarea, summary, label, option, [role], [contenteditable], [onclick], [tabindex]';
  const found: { used: Element[]; named: Element[] } = { used: [], named: [] };
  let left = scanned;
  const collect = (root: ParentNode): void => {
    for (const element of root.querySelectorAll('*')) {
      if ((left -= 1) < 0 || performance.now() > ends) return;
      if (element.shadowRoot) collect(element.shadowRoot);
      if (element.matches(usable)) found.used.push(element);
      else if (element.matches('[id], [name], [data-testid], [aria-label]') || (element.childElementCount === 0 && element.firstChild))
        found.named.push(element);
      if (found.used.length >= most) return;
    }
  };
  const short = (value: string | null | undefined): string => (value ?? '').slice(0, 2_000).replace(/\s+/g, ' ').trim().slice(0, longest);
  const describe = (element: Element): Inhabitant => {
    const attribute = (name: string): string => short(element.getAttribute(name));
    const isButton = element instanceof HTMLInputElement && /^(submit|button|reset)$/.test(element.type);
    const label = 'labels' in element && element.labels instanceof NodeList ? short(element.labels[0]?.textContent) : '';
    const content = element.matches('input, select, textarea, script, style') ? '' : short(element.textContent);
    const texts = [
      attribute('aria-label'),
      label,
      isButton ? short(element.value) : '',
      content,
      attribute('placeholder'),
      attribute('title'),
    ];
    return {
      tag: short(element.localName),
      type: 'type' in element ? short(String(element.type)) : '',
      role: attribute('role'),
      id: attribute('id'),
      name: attribute('name'),
      testId: attribute('data-testid'),
      texts: texts.filter((one) => one !== ''),
      hidden: !element.checkVisibility({ visibilityProperty: true }),
    };
  };
  collect(document);
  const elements = [...found.used, ...found.named].slice(0, most);
  return { list: elements.flatMap((element) => (performance.now() > ends + ms ? [] : [describe(element)])), elements };
}
