/** From the page to the frame that a selector means. */
import type { Frame, Locator, Page } from 'playwright';
import type { Candidate } from '../../contract/error.ts';
import type { Selector } from '../../contract/action.ts';
import { within } from '../race.ts';
import { StepFailure } from '../step-failure.ts';
import { isInvalid } from './invalid.ts';

type FrameRef = string | number;
/** `frame`: the one that was meant, else the innermost that was reached. `several`: frames that nothing tells apart. */
export type Scope = { reached: boolean; frame: Frame; several: Locator | null; candidates: Candidate[] };

const openMs = 1_000;
const frameElements = 'css=iframe, frame';

/**
 * Goes from frame to frame, other origins too. A number counts the frames of a document in their order there, from 0.
 * @throws StepFailure `action_failed` for a CSS selector that is not valid
 */
export async function scopeOf(page: Page, frame: Selector['frame']): Promise<Scope> {
  const refs = frame === undefined ? [] : Array.isArray(frame) ? frame : [frame];
  const scope: Scope = { reached: true, frame: page.mainFrame(), several: null, candidates: [] };
  for (const ref of refs) {
    const { child, several, candidate } = await childOf(scope.frame, ref);
    scope.candidates.push(candidate);
    if (!child) return { ...scope, reached: false, several };
    scope.frame = child;
  }
  return scope;
}

type Child = { child?: Frame; several: Locator | null; candidate: Candidate };

async function childOf(frame: Frame, ref: FrameRef): Promise<Child> {
  const { found, left, locator } = await matches(frame, ref);
  const candidate = { field: 'frame', value: String(ref), found, left };
  const one = left === 1 ? locator : await visibleOne(locator, left);
  if (!one) return { several: left > 1 ? locator : null, candidate };
  const child = await within(openMs, contentOf(one));
  return child ? { child, several: null, candidate } : { several: null, candidate: { ...candidate, left: 0 } };
}

async function matches(frame: Frame, ref: FrameRef): Promise<{ found: number; left: number; locator: Locator }> {
  const frames = frame.locator(frameElements);
  if (typeof ref === 'number') {
    const locator = frames.nth(ref);
    return { found: await frames.count(), left: await locator.count(), locator };
  }
  const all = frame.locator(`css=${ref}`);
  const locator = all.and(frames);
  try {
    const [found, left] = await Promise.all([all.count(), locator.count()]);
    return { found, left, locator };
  } catch (error) {
    if (isInvalid(error)) throw new StepFailure('action_failed', `The selector's frame is not valid: ${ref}`);
    throw error;
  }
}

async function visibleOne(locator: Locator, left: number): Promise<Locator | undefined> {
  if (left === 0) return undefined;
  const visible = locator.filter({ visible: true });
  return (await visible.count()) === 1 ? visible : undefined;
}

async function contentOf(element: Locator): Promise<Frame | undefined> {
  const handle = await element.elementHandle({ timeout: openMs });
  const frame = await handle?.contentFrame();
  void handle?.dispose().catch(() => undefined);
  return frame ?? undefined;
}
