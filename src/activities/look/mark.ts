/** A picture of what was looked at, and where in it the element is. */
import type { ElementHandle, Locator, Page } from 'playwright';
import type { Evidence } from '../../contract/approval.ts';
import { workViewport } from '../../host/protocol.ts';
import { takePicture, type Marked, type PictureMeans, type Shot } from '../picture.ts';
import { within } from '../race.ts';
import type { Alike } from '../step-failure.ts';

type Box = NonNullable<Awaited<ReturnType<ElementHandle['boundingBox']>>>;
type Taken = Pick<Evidence, 'screenshot' | 'mark'>;

const scrollMs = 1_000;
const boxMs = 500;
/** in pixels; an element that moved more has no mark, since a wrong one is worse */
const still = 2;

/** Scrolls the element into view first. Never rejects; what the page does not give in time is left out. */
export async function pictureOf(
  element: ElementHandle | undefined,
  { page, ...shot }: Shot & { page: Page },
  dependencies: PictureMeans,
): Promise<Taken> {
  if (element) await within(scrollMs, element.scrollIntoViewIfNeeded({ timeout: scrollMs }));
  const before = await boxOf(element);
  const screenshot = await takePicture(shot, dependencies);
  const after = await boxOf(element);
  if (screenshot === undefined) return {};
  const mark = markOf({ before, after }, page);
  return { screenshot, ...(mark && { mark }) };
}

/**
 * Looks where it is, without scrolling: the picture is to show what the step saw.
 * @returns its mark in a picture that was taken between the two looks; nothing when it is not in there, or has moved. Never rejects
 */
export async function lookAtAlike({ element, label }: Alike, page: Page): Promise<() => Promise<Marked>> {
  const before = await boxOf(element);
  return async () => {
    const after = await boxOf(element);
    void element.dispose().catch(() => undefined);
    const mark = markOf({ before, after }, page);
    return mark ? { mark, alike: label } : {};
  };
}

/** Where in the picture of the page an element is, also one inside a frame, after it was scrolled to. Undefined when that cannot be had at once. Never rejects. */
export async function placeOf(element: ElementHandle | Locator, page: Page): Promise<Evidence['mark']> {
  const box = await within(
    boxMs,
    (async () => {
      await element.scrollIntoViewIfNeeded({ timeout: boxMs });
      return element.boundingBox({ timeout: boxMs });
    })(),
  );
  return box ? inFractions(box, page.viewportSize() ?? workViewport) : undefined;
}

const boxOf = async (element: ElementHandle | undefined): Promise<Box | undefined> =>
  (element && (await within(boxMs, element.boundingBox()))) ?? undefined;

const markOf = ({ before, after }: { before: Box | undefined; after: Box | undefined }, page: Page): Evidence['mark'] =>
  before && after && isStill(before, after) ? inFractions(after, page.viewportSize() ?? workViewport) : undefined;

const isStill = (a: Box, b: Box): boolean =>
  [a.x - b.x, a.y - b.y, a.width - b.width, a.height - b.height].every((distance) => Math.abs(distance) <= still);

/** Clipped to the picture; undefined when nothing of it is in there. */
function inFractions(box: Box, picture: { width: number; height: number }): Evidence['mark'] {
  const x = clip(box.x / picture.width);
  const y = clip(box.y / picture.height);
  const width = clip((box.x + box.width) / picture.width) - x;
  const height = clip((box.y + box.height) / picture.height) - y;
  return width > 0 && height > 0 ? { x, y, width, height } : undefined;
}

const clip = (fraction: number): number => Math.min(1, Math.max(0, fraction));
