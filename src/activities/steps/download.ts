import type { HostDownload } from '../../host/protocol.ts';
import { openAsFile } from '../files/answer-as-file.ts';
import { closeEmptyPages, finished, keepDownload, nextDownload, stateBefore, type Before } from '../files/started-download.ts';
import { explainNavigation } from '../navigation-error.ts';
import { race } from '../race.ts';
import { withElement } from '../selectors/with-element.ts';
import type { ActionOf, StepContext, StepHandler } from '../step-context.ts';
import { StepFailure } from '../step-failure.ts';

/** `signal`: until the step is over; a pause does not end what has begun */
type Begun = { download: HostDownload; before: Before; signal: AbortSignal };

/**
 * Keeps the file that a click on `selector` gives, that `url` answers with, or that the page has begun to load down already, or begins. The step's time covers
 * all of it.
 */
export const download: StepHandler<'download'> = async (action, context) => {
  const wanted = action.downloadPath === undefined ? undefined : await context.fill(action.downloadPath);
  const begun = await begin(action, wanted, context);
  const ended = await finished(begun.download, context, begun.signal);
  const kept = await keepDownload({ ended, wanted, signal: begun.signal }, context);
  // last: the tab of a download is told of after the download itself
  await closeEmptyPages(context, begun.before);
  return { files: [kept] };
};

function begin(action: ActionOf<'download'>, wanted: string | undefined, context: StepContext): Promise<Begun> {
  if (action.selector) return byClick(action.selector, context);
  return action.url === undefined ? alreadyBegun(context) : byAddress(action.url, wanted, context);
}

async function byClick(selector: NonNullable<ActionOf<'download'>['selector']>, context: StepContext): Promise<Begun> {
  const before = await stateBefore(context);
  let signal = context.waiting;
  await withElement(context, selector, {
    use: 'press',
    ready: (element, options) => element.click({ ...options, trial: true }),
    act: (element, options) => {
      signal = options.signal;
      return element.click(options);
    },
  });
  return { download: await nextDownload(context, before, signal), before, signal };
}

async function byAddress(url: string, wanted: string | undefined, context: StepContext): Promise<Begun> {
  const address = await context.address(url);
  const before = await stateBefore(context);
  const since = new Date().toISOString();
  const signal = await context.act((options) => Promise.resolve(options.signal));
  const acceptPage = [wanted, address.pathname].some((name) => name !== undefined && /\.x?html?$/i.test(name));
  const timeout = context.limit.remaining() + 1_000;
  await race(openAsFile(context.page, { address, acceptPage, timeout, signal }), signal).catch(async (error: unknown) => {
    throw error instanceof StepFailure && error.code !== 'timeout' ? error : await explainNavigation(error, { address, since, context });
  });
  return { download: await nextDownload(context, before, signal), before, signal };
}

/** The newest that nobody has taken, else the next one. */
async function alreadyBegun(context: StepContext): Promise<Begun> {
  const signal = await context.act((options) => Promise.resolve(options.signal));
  const before = await stateBefore(context);
  const newest = (await race(context.downloads.list(), signal)).downloads.at(-1);
  return { download: newest ?? (await nextDownload(context, before, signal)), before, signal };
}
