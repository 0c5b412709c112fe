/** A text that the page shows, in any of its frames. */
import type { Frame } from 'playwright';
import { isPassing } from '../selectors/passing.ts';
import type { StepContext } from '../step-context.ts';
import type { Probe } from './check.ts';

const mostFrames = 30;

export const createTextProbe = (text: string, context: StepContext): Probe => ({
  changes: 'dom',
  look: async () => {
    const frames = context.page.frames().slice(0, mostFrames);
    const [main, ...others] = await Promise.all(frames.map((frame) => countOf(frame, text)));
    if ([main, ...others].some((count) => count !== undefined && count.visible > 0)) return { holds: true };
    const there = (main?.all ?? 0) > 0;
    return { holds: false, instead: there ? `The text "${text}" is there, but hidden.` : `The text "${text}" is not on the page.` };
  },
});

async function countOf(frame: Frame, text: string): Promise<{ all: number; visible: number } | undefined> {
  const found = frame.getByText(text);
  try {
    const all = await found.count();
    return { all, visible: all === 0 ? 0 : await found.filter({ visible: true }).count() };
  } catch (error) {
    if (!isPassing(error)) throw error;
    return undefined;
  }
}
