/** What may have been meant by a selector that matches nothing, in a sentence each. */
import type { Frame, Page } from 'playwright';
import type { Selector } from '../../contract/action.ts';
import { within } from '../race.ts';
import type { Alike } from '../step-failure.ts';
import { lookInFrame } from './find.ts';
import { readInhabitants } from './inhabitants.ts';
import { nearest } from './nearest.ts';
import { wishesOf } from './wishes.ts';

const most = 5;
/** of everything together, on a busy machine; the page's own work has a fifth of a second. A page that does not answer by then has none. */
const longestMs = 1_000;
const mostFrames = 10;
const elementMs = 300;

type Looked = { page: Page; scope: Frame; selector: Selector; redact: (text: string) => string };

/** `nearest`: the element that comes nearest, when it can be seen; `label` says which, masked. */
export type LookAlikes = { sentences: string[]; nearest?: Alike };

/** At most five sentences, masked, the nearest first. `scope`: the frame that was searched. Never rejects, and takes a second at most. */
export async function lookAlikes({ page, scope, selector, redact }: Looked): Promise<LookAlikes> {
  const [elsewhere, here] = await Promise.all([
    within(longestMs, inOtherFrames({ page, scope, selector, redact })),
    within(longestMs, nearestIn(scope, selector, redact)),
  ]);
  const sentences = [...new Set([...(elsewhere ?? []), ...(here?.sentences ?? [])])].slice(0, most);
  // what matches in another frame is a better answer than what only resembles
  return { sentences, ...(!elsewhere?.length && here?.nearest && { nearest: here.nearest }) };
}

async function nearestIn(scope: Frame, selector: Selector, redact: Looked['redact']): Promise<LookAlikes> {
  const inhabitants = await readInhabitants(scope);
  const { sentences, best } = nearest(wishesOf(selector), inhabitants.list, redact);
  const element = best && (await within(elementMs, inhabitants.elementAt(best.nth)));
  return { sentences, ...(best && element && { nearest: { element, label: best.label } }) };
}

async function inOtherFrames({ page, scope, selector, redact }: Looked): Promise<string[]> {
  const { rect: _rect, frame: _frame, ...fields } = selector;
  const others = page
    .frames()
    .filter((frame) => frame !== scope)
    .slice(0, mostFrames);
  const told = await Promise.all(others.map((frame) => within(longestMs - 50, tellMatchIn(frame, fields, redact))));
  return told.filter((sentence) => sentence !== undefined).map(redact);
}

async function tellMatchIn(frame: Frame, selector: Selector, redact: Looked['redact']): Promise<string | undefined> {
  const [seen, names] = await Promise.all([lookInFrame(frame, selector), namesOf(frame, redact)]);
  if (!seen.found && !seen.several) return undefined;
  if (names.length === 0) return 'a matching element is in the page itself: leave out `frame`';
  const way = names.length === 1 ? names[0] : `[${names.join(', ')}]`;
  return `a matching element is in the frame ${way}: add \`frame\``;
}

/** The way to a frame, as `frame` of a selector may say it. */
async function namesOf(frame: Frame, redact: Looked['redact']): Promise<string[]> {
  const parent = frame.parentFrame();
  if (!parent) return [];
  const above = namesOf(parent, redact);
  above.catch(() => undefined);
  const element = await frame.frameElement();
  const [tag, id, name, title] = await element.evaluate((node) => {
    const told = (attribute: string): string => ((node as Element).getAttribute(attribute) ?? '').slice(0, 10_000);
    return [(node as Element).localName, told('id'), told('name'), told('title')];
  });
  void element.dispose().catch(() => undefined);
  // half of a secret would not be recognised
  const quoted = (text: string): string => JSON.stringify(redact(text).slice(0, 100));
  const own = name ? `[name=${quoted(name)}]` : id ? `[id=${quoted(id)}]` : title ? `[title=${quoted(title)}]` : '';
  return [...(await above), `${tag ?? 'iframe'}${own}`];
}
