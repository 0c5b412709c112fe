/** `waitForElement` of a recording: mostly a state, sometimes a count or properties, which only a script can look at. */
import type { WaitForElementStep } from '@puppeteer/replay';
import type { Action } from '../contract/action.ts';
import type { Draft } from './draft.ts';
import { literalScript } from './literal.ts';
import type { RecordedStep } from './read-recording.ts';
import type { Found } from './selectors.ts';
import { labelOf } from './words.ts';

type Waiting = WaitForElementStep & RecordedStep;

/** None are to be there: the opposite of waiting for one. */
const isForNone = ({ count = 1, operator = '>=' }: Waiting): boolean => count === 0 && operator !== '>=';
const isForOne = ({ count = 1, operator = '>=' }: Waiting): boolean => count === 1 && operator !== '<=';

/** Texts of the page are compared as they are; other kinds of properties have no sure form as text. */
function conditions({ attributes = {}, properties = {} }: Waiting): string[] {
  return [
    ...Object.entries(attributes).map(([name, value]) => `e.getAttribute(${JSON.stringify(name)}) === ${JSON.stringify(value)}`),
    ...Object.entries(properties).map(
      ([name, value]) => `JSON.stringify(e[${JSON.stringify(name)}]) === ${JSON.stringify(JSON.stringify(value))}`,
    ),
  ];
}

function cssOf({ selector }: Found): string | undefined {
  const { cssSelector, id, dataTestId, name } = selector;
  const of = (attribute: string, value: string): string => `[${attribute}=${JSON.stringify(value)}]`;
  if (id !== undefined) return of('id', id);
  if (dataTestId !== undefined) return of('data-testid', dataTestId);
  return cssSelector ?? (name === undefined ? undefined : of('name', name));
}

function scriptOf(step: Waiting, css: string): string {
  const { count = 1, operator = '>=', visible } = step;
  const shown = 'e.getClientRects().length > 0';
  const wanted = [...(visible === undefined ? [] : [visible ? shown : `!(${shown})`]), ...conditions(step)].join(' && ') || 'true';
  const compared = operator === '==' ? '===' : operator;
  return `((all) => all.length ${compared} ${count} && all.every((e) => ${wanted}))([...document.querySelectorAll(${JSON.stringify(css)})])`;
}

export function waitForElement(step: Waiting, draft: Draft): void {
  const found = draft.find(step);
  if (!found) return;
  const label = labelOf(found);
  const add = (description: string, action: Omit<Extract<Action, { type: 'wait' }>, 'type'>): void =>
    draft.add(step, description, { type: 'wait', ...action });
  const simple = conditions(step).length === 0;
  if (simple && isForNone(step)) return add(`Wait until ${label} is gone`, { selector: found.selector, state: 'detached' });
  if (simple && isForOne(step))
    return step.visible === false
      ? add(`Wait until ${label} is hidden`, { selector: found.selector, state: 'hidden' })
      : add(`Wait for ${label}`, { selector: found.selector, state: 'visible' });
  const css = cssOf(found);
  if (css !== undefined && !found.selector.frame) return add(`Wait for ${label}`, { script: literalScript(scriptOf(step, css)) });
  draft.warn(
    step,
    'how many elements there are, and their properties, can only be waited for by a CSS selector in the page itself; this only waits for the element',
  );
  add(`Wait for ${label}`, { selector: found.selector, state: 'visible' });
}
