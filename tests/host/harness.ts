/** A real host in a folder of its own, and tiny sites for its browsers. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright';
import { onTestFinished } from 'vitest';
import { createHostClient, type HostClient } from '../../src/host/client.ts';
import { blankViewport, type Begin } from '../../src/host/protocol.ts';
import { startHost, type Host, type HostOptions } from '../../src/host/server.ts';
import { createLog } from '../../src/log.ts';
import { createVault } from '../../src/vault/vault.ts';

export type TestHost = { dir: string; options: HostOptions; client: HostClient; host: Host; restart(): Promise<void> };

/** The first ask for a step of the job `job`, which must not happen twice. */
export const begin = (instance: number, epoch: number, given: Partial<Begin> = {}): Begin => ({
  jobId: 'job',
  epoch,
  instance,
  after: null,
  gen: 0,
  dispatch: instance,
  effect: 'once',
  ...given,
});

export const sandbox = process.getuid?.() !== 0;

export function tempFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'host-test-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }));
  return dir;
}

export async function testHost(given: Partial<HostOptions> = {}): Promise<TestHost> {
  const dir = tempFolder();
  const options: HostOptions = {
    socket: join(dir, 'host.sock'),
    dir: join(dir, 'host'),
    name: 'test',
    slots: 2,
    chromium: null,
    sandbox,
    vault: createVault(randomBytes(32).toString('hex')),
    protectedAddresses: [],
    log: createLog('host', 'silent'),
    ...given,
  };
  const client = createHostClient(options.socket);
  const made: TestHost = {
    dir,
    options,
    client,
    host: await startHost(options),
    async restart() {
      await made.host.close();
      made.host = await startHost(options);
    },
  };
  onTestFinished(async () => {
    client.close();
    await made.host.close();
  });
  return made;
}

export type Attached = { browser: Browser; page: Page; blank: Page };

/** As a worker does it. */
export async function attachPages(endpoint: string): Promise<Attached> {
  const browser = await chromium.connect(endpoint);
  onTestFinished(() => browser.close().catch(() => undefined));
  const pages = browser.contexts().map((context) => context.pages()[0]);
  const isBlank = (page: Page | undefined): boolean => page?.viewportSize()?.width === blankViewport.width;
  const [page, blank] = [pages.find((one) => !isBlank(one)), pages.find(isBlank)];
  if (!page || !blank) throw new Error('the pages are not there');
  return { browser, page, blank };
}

export type Site = {
  url: string;
  port: number;
  /** `connect`, then paths that were asked for, and `upgrade` for WebSockets */ seen: string[];
};

export async function site(pages: Record<string, http.RequestListener | string>): Promise<Site> {
  const seen: string[] = [];
  const server = http.createServer((request, response) => {
    seen.push(request.url ?? '');
    const page = pages[request.url ?? ''];
    if (typeof page === 'function') return page(request, response);
    response.writeHead(page === undefined ? 404 : 200, { 'content-type': 'text/html', 'access-control-allow-origin': '*' });
    response.end(page);
  });
  server.on('connection', () => seen.push('connect'));
  server.on('upgrade', (_request, socket) => {
    seen.push('upgrade');
    socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, port, seen };
}

/** What the harness of a single job needs most: attached, opened, with its pages. */
export async function openJob(host: TestHost, jobId = 'job'): Promise<Attached & { epoch: number; endpoint: string }> {
  const { epoch } = await host.client.call('attach', {});
  const { endpoint } = await host.client.call('open', { jobId, epoch, values: [] });
  return { ...(await attachPages(endpoint)), epoch, endpoint };
}
