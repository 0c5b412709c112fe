/** Lists that a page has built itself: what opens them, and options that may be anywhere in the page. */
import type { Frame, Locator, Page } from 'playwright';
import { oneElement } from '../selectors/one-element.ts';
import type { Target } from '../selectors/find.ts';
import { StepFailure } from '../step-failure.ts';
import type { ActOptions } from '../step-context.ts';
import { awaitOption, type Listed, type Option, type Wanted } from './options.ts';

type Choosing = { wanted: Wanted; options: ActOptions };

const most = 2_000;
const clickMs = 5_000;
/** Roles come first: pages that have them mean them. */
const kinds = [
  '[role=option]',
  '[role=menuitemradio], [role=menuitem], [role=treeitem]',
  '[data-value]',
  '[role=listbox] li, ul li, ol li',
];

/**
 * Opens the list by a click, unless it is open, and clicks the option, which is waited for.
 * @throws StepFailure `action_failed` that names the options there are
 */
export async function chooseFromList(page: Page, element: Target, { wanted, options }: Choosing): Promise<void> {
  const handle = await oneElement(element);
  const frame = (await handle.ownerFrame()) ?? page.mainFrame();
  const { signal, timeout } = options;
  const ends = Date.now() + timeout;
  const before = await marked(frame, handle);
  if (!before.open) await handle.click({ signal, timeout: clickMs });
  const left = { timeout: ends - Date.now(), signal };
  const { list, option } = await awaitOption(() => listsIn(frame, before), wanted, left);
  await list.nth(option.nth).click({ signal, timeout: clickMs });
}

/** `own`: a selector of what the element says that its list is. */
type Opening = { open: boolean; own: string | null };

async function marked(frame: Frame, handle: Awaited<ReturnType<typeof oneElement>>): Promise<Opening> {
  const told = await handle.evaluate((node) => {
    const element = node as Element;
    const inner = element.matches('[aria-controls], [aria-owns], [aria-expanded]')
      ? element
      : element.querySelector('[aria-controls], [aria-owns], [aria-expanded]');
    const id = inner?.getAttribute('aria-controls') || inner?.getAttribute('aria-owns') || '';
    return {
      id: id.split(/\s+/)[0]?.slice(0, 500) ?? '',
      expanded: inner?.getAttribute('aria-expanded') ?? '',
      isList: element.matches('[role=listbox]'),
    };
  });
  if (typeof told.id !== 'string') throw new StepFailure('action_failed', 'The page does not let the list be read.');
  const own = told.id === '' ? null : `[id="${told.id.replace(/["\\]/g, '\\$&')}"]`;
  return { open: told.expanded === 'true' || told.isList, own };
}

/** Of each kind the options in sight, those of the element's own list first. All are asked for at once: each answer alone would be a way there and back. */
async function listsIn(frame: Frame, { own }: Opening): Promise<Listed<Locator>[]> {
  const scopes = own === null ? [''] : [`${own} `, ''];
  const lists = scopes.flatMap((scope) => kinds.map((kind) => listIn(frame, { scope, kind })));
  return (await Promise.all(lists)).filter(({ options }) => options.length > 0);
}

async function listIn(frame: Frame, { scope, kind }: { scope: string; kind: string }): Promise<Listed<Locator>> {
  const css = kind
    .split(', ')
    .map((one) => `${scope}${one}`)
    .join(', ');
  const list = frame.locator(`css=${css}`).filter({ visible: true });
  return { list, options: await list.evaluateAll(readCustom, most) };
}

/** Runs in the page. */
const readCustom = (elements: Element[], most: number): Option[] =>
  elements.slice(0, most).map((element, nth) => ({
    nth,
    value: (element.getAttribute('data-value') ?? element.getAttribute('value') ?? '').slice(0, 500),
    label: (element.getAttribute('aria-label') ?? element.textContent ?? '').slice(0, 500),
  }));
