/** A page that moves, and who looks at the job in front of it: what the measurements of the live view share. */
import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

const changing = `<!doctype html><title>Changes</title><body style="margin:0;font:40px sans-serif">
<table>${'<tr><td>Words in a table<td>that make the picture<td>as heavy as an application'.repeat(12)}</table>
<p id="now" style="padding:20px">0</p><script>
setInterval(() => {
  const at = performance.timeOrigin + performance.now();
  now.textContent = at;
  now.style.background = 'hsl(' + Math.round(at % 360) + ' 80% 60%)';
  navigator.sendBeacon('/changed', String(at));
}, 700 + Math.random() * 100);
</script>`;

const animated = `<!doctype html><title>Moves</title><body style="margin:0;font:24px sans-serif">
<table>${'<tr><td>Words in a table<td>that make the picture<td>as heavy as an application'.repeat(16)}</table>
<style>@keyframes go { to { transform: translateX(900px) rotate(2turn) } } i { display:block;width:120px;height:120px;background:#17a;animation:go 3s linear infinite alternate }</style><i></i>`;

/** `changes`: when the page changed, ms since the epoch, by the browser's clock */
export type Site = { url: string; changes: number[]; close(): void };

/** `/changing` changes about every 750 ms and tells when; `/animated` never stands still. */
export async function startSite(): Promise<Site> {
  const changes: number[] = [];
  const server: Server = createServer((request, response) => {
    if (request.method === 'POST') {
      request.setEncoding('utf8').on('data', (text: string) => changes.push(Number(text)));
      request.on('end', () => response.end());
    } else response.setHeader('content-type', 'text/html').end(request.url === '/animated' ? animated : changing);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, changes, close: () => server.close() };
}

export const stayingOn = (url: string, seconds: number): string => `title: Stay on a page
settings: { pauseBetweenSteps: 0 }
steps:
  - action: { type: navigate, url: "${url}" }
  - { description: Stay, timeout: ${seconds * 1_000 + 60_000}, action: { type: wait, duration: ${seconds * 1_000} } }
`;

export type Looking = { response: IncomingMessage; leave(): void };

/** One viewer of a job, on a connection of its own. */
export function look(url: string): Promise<Looking> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent: false }, (response) => {
      response.on('error', () => undefined);
      resolve({ response, leave: () => request.destroy() });
    });
    request.on('error', reject);
  });
}

type Seen = { at: number; receivedAt: number };

/** When pictures were painted and when they came, ms since the epoch. `onFrame` is called for each. */
export function readFrames({ response }: Looking, onFrame: (seen: Seen) => void): void {
  let rest = '';
  response.setEncoding('utf8').on('data', (chunk: string) => {
    const receivedAt = performance.timeOrigin + performance.now();
    const messages = (rest + chunk).split('\n\n');
    rest = messages.pop() ?? '';
    for (const message of messages) {
      const at = /^event: screenshot\ndata: .*?"at":([\d.]+)/.exec(message)?.[1];
      if (at !== undefined) onFrame({ at: Number(at), receivedAt });
    }
  });
}
