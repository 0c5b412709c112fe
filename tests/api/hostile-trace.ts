/** Traces as Playwright writes them, of pages that try everything: made by hand, because a real page could not make all of it. */
import { buffer } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import { ZipFile } from 'yazl';

/** As the trace keeps it: a text, or [name, attributes, ...children]. */
export type SnapshotNode = string | [string, Record<string, string>, ...SnapshotNode[]];
/** `body`: of the page; `inner`: of a frame in it; `files`: what the page's server answered, by name. */
type Contents = { body: SnapshotNode[]; inner?: SnapshotNode[]; files?: Record<string, string> };

const page = { pageId: 'page@1', viewport: { width: 800, height: 600 } };
const frame = (id: string, phase: string, body: SnapshotNode[]): object => ({
  type: 'frame-snapshot',
  snapshot: {
    ...{ callId: 'call@1', phase, frameId: `frame@${id}`, ...page, isMainFrame: id === 'main', resourceOverrides: [], collectionTime: 1 },
    ...{
      frameUrl: 'http://shop.test/',
      html: ['HTML', {}, ['HEAD', {}], ['BODY', {}, ...body]],
      timestamp: 20,
      wallTime: 1_795_487_356_000,
    },
  },
});

const resource = (url: string, file: string): object => ({
  type: 'resource-snapshot',
  snapshot: {
    ...{ pageref: 'page@1', startedDateTime: '2026-11-24T02:00:00.000Z', time: 1, _frameref: 'frame@main', _monotonicTime: 10 },
    request: { method: 'GET', url, httpVersion: 'HTTP/1.1', cookies: [], headers: [], queryString: [], headersSize: 1, bodySize: 0 },
    response: {
      ...{ status: 200, statusText: 'OK', httpVersion: 'HTTP/1.1', cookies: [], headers: [{ name: 'content-type', value: 'text/html' }] },
      ...{ content: { size: 1, mimeType: 'text/html', _file: file }, headersSize: 1, bodySize: 1, redirectURL: '' },
    },
    ...{ cache: {}, timings: { send: 0, wait: 1, receive: 1 } },
  },
});

export async function makeTrace({ body, inner = [], files = {} }: Contents): Promise<Buffer> {
  const events = [
    {
      ...{
        type: 'context-options',
        version: 10,
        origin: 'library',
        browserName: 'chromium',
        playwrightVersion: '1.65.1',
        platform: 'linux',
      },
      ...{ options: { viewport: page.viewport }, wallTime: 1_795_487_356_000, monotonicTime: 1, sdkLanguage: 'javascript' },
    },
    { type: 'event', time: 5, class: 'BrowserContext', method: 'page', params: { pageId: page.pageId } },
    {
      ...{ type: 'before', callId: 'call@1', startTime: 10, class: 'Frame', method: 'click', pageId: page.pageId },
      ...{ params: { selector: '<img src=x onerror="top.pwned.push(1)">' }, beforeSnapshot: 'before@call@1' },
    },
    ...['before', 'action', 'after'].flatMap((phase) => [frame('main', phase, body), frame('inner', phase, inner)]),
    {
      type: 'console',
      messageType: 'error',
      text: '<script>top.pwned.push(2)</script>',
      args: [],
      location: { url: 'javascript:1' },
      time: 25,
      pageId: page.pageId,
    },
    { type: 'after', callId: 'call@1', endTime: 30 },
  ];
  const zip = new ZipFile();
  const lines = (list: object[]): Buffer => Buffer.from(list.map((each) => `${JSON.stringify(each)}\n`).join(''));
  zip.addBuffer(lines(events), 'trace.trace');
  zip.addBuffer(lines(Object.keys(files).map((name) => resource(`http://shop.test/${name}`, `resources/${name}`))), 'trace.network');
  for (const [name, text] of Object.entries(files)) zip.addBuffer(Buffer.from(text), `resources/${name}`);
  zip.end();
  return buffer(zip.outputStream as Readable);
}
