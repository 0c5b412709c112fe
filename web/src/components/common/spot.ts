/** Where a marked element stands in a picture of its page. Pure. */
import type { Mark } from '../../../../src/contract/evidence.ts';

/** so far, in pixels, the frame stands off the element */
const edge = 4;
const percent = (part: number): string => `${Math.min(1, Math.max(0, part)) * 100}%`;

/** As style, in a picture that is positioned. Edges are physical: a picture is not mirrored where people read from the right. */
export const spotStyle = ({ x, y, width, height }: Mark): Record<'left' | 'top' | 'width' | 'height', string> => ({
  left: `calc(${percent(x)} - ${edge}px)`,
  top: `calc(${percent(y)} - ${edge}px)`,
  width: `calc(${percent(width)} + ${2 * edge}px)`,
  height: `calc(${percent(height)} + ${2 * edge}px)`,
});
