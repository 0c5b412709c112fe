/** A checkpoint of what the browser has now. Every look at the page is bounded in time: a page that hangs gives what can be had without it. */
import type { BrowserContext, Frame, Page } from 'playwright';
import type { HostValue, StorageState } from '../../host/protocol.ts';
import { BrowserGone, type Attached } from '../pages.ts';
import { within } from '../race.ts';
import { largest, type Checkpoint, type FrameState } from './checkpoint.ts';
import { runIn } from './in-page.ts';
import { readPosition } from './position.ts';
import { readFields } from './read-fields.ts';
import { readSession } from './session.ts';
import { newestPage } from '../tabs.ts';

/** Nobody waits for a checkpoint, and what it lacks may cost the log-in: a busy machine gets its time. */
const pageMs = 2_500;
const databasesMs = 8_000;
const storageMs = 5_000;
const cookiesMs = 3_000;
/** of a page that hangs, which would only be waited for */
const hangingStorageMs = 1_000;
const mostFrames = 20;
const fieldLimits = { fields: 2_000, characters: 4_000_000, ms: 1_000 };
const mostScrolled = 200;

/** @throws BrowserGone when the browser went away meanwhile: half of a checkpoint must not replace a whole one */
export async function readBrowser(attached: Attached, values: HostValue[]): Promise<Checkpoint> {
  const takenAt = new Date().toISOString();
  const page = newestPage(attached.context);
  const [title, frames] = page ? await Promise.all([within(500, page.title()), readFrames(page)]) : ['', []];
  const storage = await readStorage(attached.context, { page, hangs: frames.length === 0 });
  if (attached.gone.aborted) throw new BrowserGone('the browser went away while its checkpoint was taken');
  return { takenAt, url: page?.url() ?? 'about:blank', title: (title ?? '').slice(0, 1_000), frames, storage, values };
}

/** Empty when the main frame does not answer; other frames that do not are left out. */
async function readFrames(page: Page): Promise<FrameState[]> {
  const frames = await Promise.all(
    page
      .frames()
      .slice(0, mostFrames)
      .map((frame) => within(pageMs, readFrame(frame))),
  );
  const [main, ...others] = frames;
  return main ? [main, ...others.filter((frame) => frame !== undefined)] : [];
}

async function readFrame(frame: Frame): Promise<FrameState> {
  const [session, fields, position] = await Promise.all([
    runIn(frame, readSession, null),
    runIn(frame, readFields, fieldLimits),
    runIn(frame, readPosition, mostScrolled),
  ]);
  return { path: pathOf(frame), url: frame.url(), session, fields, position };
}

function pathOf(frame: Frame): number[] {
  const parent = frame.parentFrame();
  return parent ? [...pathOf(parent), parent.childFrames().indexOf(frame)] : [];
}

/** The browser asks its pages for their storages, and waits for one that hangs; cookies it knows by itself. */
async function readStorage(context: BrowserContext, { page, hangs }: { page: Page | undefined; hangs: boolean }): Promise<StorageState> {
  const databases = !hangs && (await databasesFit(context, page));
  const whole = databases ? await within(databasesMs, context.storageState({ indexedDB: true })) : undefined;
  const storage = whole ?? (await within(hangs ? hangingStorageMs : storageMs, context.storageState()));
  return storage ?? { cookies: (await within(cookiesMs, context.cookies())) ?? [], origins: [] };
}

/** Asked of the browser, not of the page: databases that are too large for a checkpoint must not even be read. */
async function databasesFit(context: BrowserContext, page: Page | undefined): Promise<boolean> {
  if (!page) return true;
  const origins = new Set(page.frames().map((frame) => originOf(frame.url())));
  const session = await within(500, context.newCDPSession(page));
  if (!session) return false;
  const usages = await Promise.all(
    [...origins].filter((origin) => origin !== 'null').map((origin) => within(500, session.send('Storage.getUsageAndQuota', { origin }))),
  );
  void session.detach().catch(() => undefined);
  const bytes = usages.flatMap((answer) => answer?.usageBreakdown ?? []).filter(({ storageType }) => storageType === 'indexeddb');
  return bytes.reduce((sum, { usage }) => sum + usage, 0) <= largest;
}

const originOf = (url: string): string => (URL.canParse(url) ? new URL(url).origin : 'null');
