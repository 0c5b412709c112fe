/** From the moment at which a download may begin until its file is kept. */
import { createReadStream } from 'node:fs';
import type { Page } from 'playwright';
import type { StepFile } from '../../contract/job.ts';
import type { HostDownload } from '../../host/protocol.ts';
import { race, within } from '../race.ts';
import type { StepContext } from '../step-context.ts';
import { StepFailure } from '../step-failure.ts';
import { safeFileName } from './file-name.ts';

/** How things were before the step acted. */
export type Before = { last: number; url: string; pages: readonly Page[] };

export async function stateBefore({ downloads, page, waiting }: StepContext): Promise<Before> {
  const { last } = await race(downloads.list(), waiting);
  return { last, url: page.url(), pages: page.context().pages() };
}

/** @throws StepFailure `timeout` that says what happened instead */
export async function nextDownload(context: StepContext, before: Before, signal: AbortSignal): Promise<HostDownload> {
  try {
    return await race(context.downloads.wait({ after: before.last, ended: false }, signal), signal);
  } catch (error) {
    if (!context.limit.signal.aborted) throw error;
    throw new StepFailure('timeout', `No download began within the time of the step${await insteadOf(context, before)}.`);
  }
}

async function insteadOf({ page, dialogs, redact }: StepContext, { url, pages }: Before): Promise<string> {
  const opened = page
    .context()
    .pages()
    .find((one) => !pages.includes(one));
  const dialog = (await within(300, dialogs()))?.at(-1);
  const happened = [
    ...(opened ? [`a page opened (${opened.url()})`] : []),
    ...(page.url() === url ? [] : [`the page went to ${page.url()}`]),
    ...(dialog ? [`a dialog appeared ("${redact(dialog.message).slice(0, 200)}", ${dialog.answer})`] : []),
  ];
  return happened.length === 0 ? '' : `; instead ${happened.join(' and ')}`;
}

/** Waits for its end. @throws StepFailure `timeout` with what had come, `action_failed` for one that failed; it is given up then */
export async function finished({ number, name }: HostDownload, context: StepContext, signal: AbortSignal): Promise<HostDownload> {
  const { downloads, limit } = context;
  const ended = await race(downloads.wait({ after: number - 1, ended: true }, signal), signal).catch(async (error: unknown) => {
    const last = (await within(300, downloads.list()))?.downloads.find((one) => one.number === number);
    await within(300, downloads.drop(number));
    if (!limit.signal.aborted) throw error;
    const come = last ? `; ${last.received} bytes of it had come` : '';
    throw new StepFailure('timeout', `The download of ${name} was not finished within the time of the step${come}.`);
  });
  // an earlier one may have been thrown away meanwhile: then the next one answers
  if (ended.number === number && ended.state === 'done') return ended;
  await within(300, downloads.drop(number));
  const reason = ended.number === number ? reasonOf(ended.error) : 'it was thrown away to make room.';
  throw new StepFailure('action_failed', `The download of ${name} failed: ${reason}`);
}

const reasonOf = (error = ''): string =>
  /^cancell?ed$/i.test(error) || error === ''
    ? 'the browser gave it up, since the connection broke or the server did not send all of it (canceled).'
    : `${error}.`;

type Keeping = { ended: HostDownload; wanted: string | undefined; signal: AbortSignal };

/** Into the store, all or nothing; the browser's own copy goes. `wanted`: a path whose last part is the name. */
export async function keepDownload({ ended, wanted, signal }: Keeping, { keepFile, downloads, redact }: StepContext): Promise<StepFile> {
  // masked before it is shortened; and once more, since what was taken out of it may have kept a secret apart
  const suggested = safeFileName(redact(ended.name), 'download');
  const name = redact(wanted === undefined ? suggested : safeFileName(redact(wanted), suggested));
  const stream = createReadStream(ended.file ?? '');
  try {
    return await keepFile({ kind: 'download', name, stream }, signal);
  } finally {
    await within(1_000, downloads.drop(ended.number));
  }
}

/** A link that opens a tab of its own only to begin a download leaves it behind, empty. */
export async function closeEmptyPages({ page }: StepContext, { pages }: Before): Promise<void> {
  const left = page
    .context()
    .pages()
    .filter((one) => !pages.includes(one) && ['', ':', 'about:blank'].includes(one.url()));
  await within(1_000, Promise.all(left.map((one) => one.close())));
}
