/** One step of a recording after the other. */
import {
  StepType,
  type ClickStep,
  type CloseStep,
  type DoubleClickStep,
  type NavigateStep,
  type ScrollStep,
  type SetViewportStep,
  type Step,
  type WaitForExpressionStep,
} from '@puppeteer/replay';
import { change } from './change.ts';
import type { Draft } from './draft.ts';
import { heldModifiers, keyDown, keyUp } from './keys.ts';
import { literal, literalScript } from './literal.ts';
import type { RecordedStep } from './read-recording.ts';
import { addressInWords, labelOf } from './words.ts';
import { waitForElement } from './wait-for-element.ts';

type Recorded<T extends string> = Extract<Step, { type: T | `${T}` }> & RecordedStep;
type Handlers = { [T in `${Step['type']}`]: (step: Recorded<T>, draft: Draft) => void };

const smallest = 200;
const largest = 4_000;
const within = (size: number): number => Math.round(Math.min(Math.max(size, smallest), largest));

function setViewport(step: SetViewportStep & RecordedStep, draft: Draft): void {
  const { width, height, isMobile, hasTouch } = step;
  if (draft.viewport)
    return draft.leaveOut(step, `the size of the window stays what it is from the beginning on; it was to become ${width} x ${height}`);
  draft.viewport = { width: within(width), height: within(height) };
  if (draft.viewport.width !== width || draft.viewport.height !== height)
    draft.warn(step, `a window of ${width} x ${height} is not possible; it becomes ${draft.viewport.width} x ${draft.viewport.height}`);
  if (isMobile || hasTouch) draft.warn(step, 'a mobile device is not imitated, only the size of its window');
}

const isWeb = (url: string): boolean => /^https?:\/\//i.test(url);

function navigate(step: NavigateStep & RecordedStep, draft: Draft): void {
  const { url } = step;
  draft.scrolled = 0;
  // where nearly every recording begins
  if (/^(about:blank|chrome:\/\/(newtab|new-tab-page)\/?)/.test(url)) return;
  if (!isWeb(url)) return draft.leaveOut(step, `only http addresses can be opened, not ${addressInWords(url)}`);
  draft.add(step, `Open ${addressInWords(url)}`, { type: 'navigate', url: literal(url) });
}

const buttons = { primary: 'left', secondary: 'right', auxiliary: 'middle' } as const;

type Click = (ClickStep | DoubleClickStep) & RecordedStep;

const isDouble = ({ type }: Click): boolean => type === StepType.DoubleClick;

function clickWords(step: Click): string {
  if (isDouble(step)) return 'Double-click';
  return step.button === 'secondary' ? 'Right-click' : 'Click';
}

const isDrawing = ({ selectors }: Click): boolean =>
  selectors.some((chain) => /(^|[\s>])canvas([.#:[]|$)/.test([chain].flat().at(-1) ?? ''));

function click(step: Click, draft: Draft): void {
  const { button = 'primary' } = step;
  const found = draft.find(step);
  if (!found) return;
  if (button === 'back' || button === 'forward')
    return draft.leaveOut(step, `the ${button} button of the mouse cannot be pressed; open the address instead`);
  const modifiers = heldModifiers(draft);
  draft.add(step, `${clickWords(step)} ${labelOf(found)}`, {
    type: 'click',
    selector: found.selector,
    ...(button !== 'primary' && { button: buttons[button] }),
    ...(isDouble(step) && { count: 2 }),
    ...(modifiers.length > 0 && { modifiers }),
  });
  if (isDrawing(step)) draft.warn(step, 'the click goes to the middle of the element; where in the drawing it was made is not kept');
}

type Scrolling = Partial<Pick<ClickStep, 'selectors'>>;

function scroll(step: ScrollStep & RecordedStep, draft: Draft): void {
  const { selectors } = step as Scrolling;
  if (selectors && !selectors.flat().some((selector) => /^(pierce\/|css\/)?(html|body)$/.test(selector)))
    scrollElement({ ...step, selectors }, draft);
  else scrollPage(step, draft);
}

function scrollElement(step: ScrollStep & RecordedStep & Required<Scrolling>, draft: Draft): void {
  const found = draft.find(step);
  if (!found) return;
  draft.add(step, `Scroll to ${labelOf(found)}`, { type: 'scroll', selector: found.selector });
  if (step.x || step.y) draft.warn(step, 'the element is brought into view; how far it was scrolled itself is not kept');
}

function scrollPage(step: ScrollStep & RecordedStep, draft: Draft): void {
  const y = Math.round(step.y ?? 0);
  const by = y - draft.scrolled;
  draft.scrolled = y;
  if (y === 0) draft.add(step, 'Scroll to the top', { type: 'scroll', to: 'top' });
  else if (by !== 0) draft.add(step, by > 0 ? 'Scroll down' : 'Scroll up', { type: 'scroll', by });
}

/** A window that a page has opened may be closed by a script of its own; at the end of a job every window closes. */
function close(step: CloseStep & RecordedStep, draft: Draft): void {
  const { target = 'main' } = step;
  if (target === 'main') return draft.leaveOut(step, 'the first tab stays open until the job ends');
  draft.tabs.splice(Math.max(draft.tabs.lastIndexOf(target), 1), 1);
  draft.add(step, `Close the tab ${addressInWords(target)}`, { type: 'extract', script: 'void setTimeout(() => window.close(), 100)' });
}

function waitForExpression(step: WaitForExpressionStep & RecordedStep, draft: Draft): void {
  const script = literalScript(step.expression);
  if (step.frame && step.frame.length > 0)
    draft.warn(step, 'the expression was to be looked at in a frame; it is looked at in the page around it');
  draft.add(step, 'Wait for a condition', { type: 'wait', script });
}

const handlers: Handlers = {
  setViewport,
  navigate,
  click,
  doubleClick: click,
  change,
  keyDown,
  keyUp,
  hover: (step, draft) => {
    const found = draft.find(step);
    if (found) draft.add(step, `Point at ${labelOf(found)}`, { type: 'hover', selector: found.selector });
  },
  scroll,
  close,
  waitForElement,
  waitForExpression,
  customStep: (step, draft) =>
    draft.leaveOut(step, `the custom step “${step.name.slice(0, 60)}” is left out: nobody knows here what it does`),
  emulateNetworkConditions: (step, draft) => draft.leaveOut(step, 'the speed of the network is not imitated'),
};

const generated = /^(\d{5,}|[0-9a-f]{16,}|[0-9a-f]{8}-[0-9a-f-]{27,})$/i;

/** Parts that look as if they were made for this one time may be anything; so may what follows the path. */
function addressPattern(url: string): string {
  const { origin, pathname } = new URL(url);
  const parts = pathname.split('/');
  const pattern = `${origin}${parts.map((part) => (generated.test(part) ? '*' : part)).join('/')}`;
  return parts.some((part) => generated.test(part)) ? `${pattern}**` : pattern;
}

/** After a step that led to another page. An opened address needs no wait. */
function awaitNavigation(step: RecordedStep, draft: Draft): void {
  const [event] = step.assertedEvents ?? [];
  if (!event) return;
  draft.scrolled = 0;
  if (`${step.type}` === 'navigate') return;
  const { url = '', title = '' } = event;
  if (isWeb(url) && URL.canParse(url))
    draft.add(step, `Wait for ${addressInWords(url)}`, { type: 'wait', url: literal(addressPattern(url)) });
  else if (title !== '')
    draft.add(step, 'Wait for the next page', { type: 'wait', script: literalScript(`document.title === ${JSON.stringify(title)}`) });
}

/** A job works in the newest tab that is open. */
function changeTab(step: RecordedStep, draft: Draft): void {
  if (step.type === StepType.SetViewport || step.type === StepType.Close) return;
  const target = ('target' in step ? step.target : undefined) ?? 'main';
  const current = draft.tabs.at(-1);
  if (target === current) return;
  if (draft.tabs.includes(target)) {
    if (draft.steps.length > 0)
      draft.warn(step, 'this step is in another tab while a newer one is still open; a job works in the newest: close that one first');
    return;
  }
  draft.tabs.push(target);
  draft.comment(` in the tab ${addressInWords(target)}`);
}

export function convert(step: RecordedStep, draft: Draft): void {
  const filled = draft.filled;
  changeTab(step, draft);
  (handlers[step.type] as (step: RecordedStep, draft: Draft) => void)(step, draft);
  if (filled === draft.filled && !`${step.type}`.startsWith('key')) draft.filled = undefined;
  awaitNavigation(step, draft);
}
