import type { AcquireTask } from '../contract/step-task.ts';
import type { Attached } from './pages.ts';

/** Of a fresh browser, before its page shows anything: a page is laid out, and scrolled, for its size. */
export async function setViewport(attached: Attached, viewport: AcquireTask['viewport']): Promise<void> {
  if (viewport) await attached.page().setViewportSize(viewport);
}
