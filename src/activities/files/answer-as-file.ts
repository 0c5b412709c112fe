/**
 * Opening an address so that whatever it answers becomes a download, with the page's own cookies and through the browser's own connections: also what a browser
 * would rather show (a PDF, a picture, JSON).
 */
import type { CDPSession, Page } from 'playwright';
import { refusedHeader } from '../../host/protocol.ts';
import { firstLine, StepFailure } from '../step-failure.ts';

type Header = { name: string; value: string };
type Paused = {
  requestId: string;
  frameId: string;
  request: { url: string };
  responseStatusCode?: number;
  responseErrorReason?: string;
  responseHeaders?: Header[];
};
/** `acceptPage`: a web page is wanted as a file, too */
type Opening = { address: URL; acceptPage: boolean; timeout: number; signal: AbortSignal };

/**
 * Resolves when the browser has begun to load it down; the page stays where it was.
 * @throws StepFailure for an answer that is no file; else what `goto` threw
 */
export async function openAsFile(page: Page, { address, acceptPage, timeout, signal }: Opening): Promise<void> {
  const session = await page.context().newCDPSession(page);
  let refusal: StepFailure | undefined;
  try {
    const { frameTree } = await session.send('Page.getFrameTree');
    session.on('Fetch.requestPaused', (paused: Paused) => {
      const isOurs = paused.frameId === frameTree.frame.id;
      refusal ??= isOurs ? refusalOf(paused, acceptPage) : undefined;
      // the page may have gone elsewhere meanwhile
      void answer(session, paused, { refused: refusal !== undefined, change: isOurs }).catch(() => undefined);
    });
    await session.send('Fetch.enable', { patterns: [{ urlPattern: '*', resourceType: 'Document', requestStage: 'Response' }] });
    await page.goto(address.href, { timeout, signal, waitUntil: 'commit' });
  } catch (error) {
    if (refusal) throw refusal;
    if (/Download is starting/i.test(firstLine(error))) return;
    throw error;
  } finally {
    await session.detach().catch(() => undefined);
  }
  throw refusal ?? new StepFailure('action_failed', `${address.href} was opened as a page and gave no file.`);
}

type Reaction = { refused: boolean; change: boolean };

async function answer(session: CDPSession, paused: Paused, { refused, change }: Reaction): Promise<void> {
  const { requestId, responseStatusCode: status, responseHeaders = [] } = paused;
  if (refused && change) await session.send('Fetch.failRequest', { requestId, errorReason: 'Aborted' });
  else if (!change || status === undefined || isRedirect(status)) await session.send('Fetch.continueRequest', { requestId });
  else await session.send('Fetch.continueResponse', { requestId, responseCode: status, responseHeaders: asAttachment(responseHeaders) });
}

const isRedirect = (status: number): boolean => status >= 300 && status < 400;

function refusalOf({ request, responseStatusCode: status, responseHeaders = [] }: Paused, acceptPage: boolean): StepFailure | undefined {
  if (status === undefined || isRedirect(status)) return undefined;
  if (valueOf(responseHeaders, refusedHeader) !== undefined)
    return new StepFailure('blocked_address', `${request.url} may not be opened by a job.`);
  if (status >= 400) return new StepFailure('navigation_failed', `${request.url} answered with status ${status}.`);
  if (status === 204 || status === 205)
    return new StepFailure('action_failed', `${request.url} answered without a file (status ${status}).`);
  return acceptPage || !isPage(responseHeaders) ? undefined : pageInstead(request.url);
}

function isPage(headers: readonly Header[]): boolean {
  if (/^\s*attachment/i.test(valueOf(headers, 'content-disposition') ?? '')) return false;
  return /^\s*(text\/html|application\/xhtml)/i.test(valueOf(headers, 'content-type') ?? '');
}

function pageInstead(address: string): StepFailure {
  const words = `${address} answered with a web page, not with a file; mostly that is a log-in or an error page.`;
  return new StepFailure('action_failed', `${words} To keep the page itself, give downloadPath a name that ends with .html.`);
}

const valueOf = (headers: readonly Header[], name: string): string | undefined =>
  headers.find((header) => header.name.toLowerCase() === name)?.value;

/** A name that the header gives stays. */
function asAttachment(headers: readonly Header[]): Header[] {
  const given = valueOf(headers, 'content-disposition') ?? '';
  const value = given.replace(/^[^;]*/, 'attachment');
  return [...headers.filter(({ name }) => name.toLowerCase() !== 'content-disposition'), { name: 'Content-Disposition', value }];
}
