/** Puts a fresh browser back to where a checkpoint was, and sees whether it really is there. */
import type { Frame, Page } from 'playwright';
import { pause, race, within } from '../race.ts';
import { StepFailure } from '../step-failure.ts';
import type { Checkpoint, FrameState } from './checkpoint.ts';
import { runIn } from './in-page.ts';
import { openPage, type Opening } from './open-page.ts';
import { focusOn, scrollAll } from './position.ts';
import { seedSessions } from './session.ts';
import { writeFields } from './write-fields.ts';

const quietMs = 2_000;
const settleMs = 2_500;
const betweenMs = 150;
const answerMs = 1_500;

export type Restoring = { page: Page; checkpoint: Checkpoint; signal: AbortSignal; network: Opening['network'] };

/**
 * Address, sessionStorage, fields, scroll and focus; cookies and the other storages are there since the browser began. Repeating it, as after a crash half way, begins
 * with an empty page and is harmless. What was at no http address cannot be opened again and stays an empty page: whatever looks for something there will say so.
 * @throws StepFailure `session_lost` when the page is not the one of the checkpoint; the signal's reason when it is aborted
 */
export async function restorePage({ page, checkpoint, signal, network }: Restoring): Promise<void> {
  const { url, frames } = checkpoint;
  if (!/^https?:/.test(url)) return;
  // an address that differs in its fragment only would not be loaded again
  if (page.url() !== 'about:blank') await race(page.goto('about:blank', { signal }), signal);
  const seeds = await seedSessions(page, frames);
  try {
    await openPage({ page, url, signal, network }).catch(asLost);
    await race(within(quietMs, page.waitForLoadState('networkidle', { timeout: quietMs })), signal);
  } finally {
    // the browser may have died meanwhile, or hold on to a navigation; a cancel waits for neither
    const disposed = within(answerMs, seeds.dispose());
    if (!signal.aborted) await disposed;
  }
  // before anything is typed: fields belong to the page that they were read from, and to no log-in page of somebody else
  verify(page, url);
  await settle(page, frames, signal);
  verify(page, url);
}

function asLost(error: unknown): never {
  throw error instanceof StepFailure ? new StepFailure('session_lost', `The page could not be opened again: ${error.message}`) : error;
}

function verify(page: Page, wanted: string): void {
  const where = page.url();
  if (bare(where) === bare(wanted)) return;
  throw new StepFailure('session_lost', `The page ${bare(wanted)} is out of reach: the site sent the browser to ${bare(where)}.`);
}

/** Without query and fragment, in which sites keep what changes with every visit. */
function bare(url: string): string {
  if (!URL.canParse(url)) return url;
  const { origin, pathname } = new URL(url);
  return origin === 'null' ? url : `${origin}${pathname}`;
}

/** Pages build themselves up: fills in and scrolls until nothing changes any more, for 2.5 s at most. */
async function settle(page: Page, frames: readonly FrameState[], signal: AbortSignal): Promise<void> {
  const ends = Date.now() + settleMs;
  for (;;) {
    const passes = await race(Promise.all(frames.map((frame) => within(answerMs, fillFrame(page, frame)))), signal);
    if (Date.now() > ends || passes.every((pass) => pass === 'settled')) break;
    await pause(betweenMs, signal);
  }
  for (const state of frames) {
    const frame = frameAt(page, state);
    const focus = state.position?.focus;
    if (frame && focus) await race(within(answerMs, runIn(frame, focusOn, focus)), signal);
  }
}

async function fillFrame(page: Page, state: FrameState): Promise<'settled' | 'unsettled'> {
  const frame = frameAt(page, state);
  if (!frame) return 'unsettled';
  const { missing, changed } = await runIn(frame, writeFields, state.fields);
  const reached = await runIn(frame, scrollAll, state.position?.scrolled ?? []);
  return missing === 0 && changed === 0 && reached ? 'settled' : 'unsettled';
}

/** A frame that shows something else now gets nothing. */
function frameAt(page: Page, { path, url }: FrameState): Frame | undefined {
  let frame: Frame | undefined = page.mainFrame();
  for (const nth of path) frame = frame?.childFrames()[nth];
  return frame && bare(frame.url()) === bare(url) ? frame : undefined;
}
