/** The pages that the steps of the tests act on, and answers that no decent server gives. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { fileAnswers } from './file-answers.ts';

export type Site = {
  url: string;
  /** paths (with query) that were asked for, in order */
  requests: string[];
  /** how often `POST /act` came: the effects that tests count */
  acts(): number;
  /** every log-in has expired */
  endSessions(): void;
  close(): Promise<void>;
};

type Answer = (request: http.IncomingMessage, response: http.ServerResponse, url: URL) => void | Promise<void>;

const pageFile = (name: string): string => fileURLToPath(new URL(`./pages/${name}.html`, import.meta.url));

/** @returns once it listens, on a free port of 127.0.0.1 */
export async function startSite(): Promise<Site> {
  const requests: string[] = [];
  let acts = 0;
  const sessions = new Set<string>();
  const known = (request: http.IncomingMessage): boolean => {
    const id = /\bsid=(\w+)/.exec(request.headers.cookie ?? '')?.[1];
    return id !== undefined && sessions.has(id);
  };
  const toLogin = (response: http.ServerResponse): void => void response.writeHead(302, { location: '/login?expired=1' }).end();
  const special: Record<string, Answer> = {
    '/act': (_, response) => {
      acts += 1;
      response.end(String(acts));
    },
    '/sign-in': (_, response) => {
      const id = randomBytes(8).toString('hex');
      sessions.add(id);
      response.writeHead(302, { location: '/account', 'set-cookie': `sid=${id}; HttpOnly; Path=/` }).end();
    },
    '/login': (_, response) => html(response, '<title>Log in</title><h1>Log in</h1><input id="typed">'),
    '/account': (request, response, url) => (known(request) ? page(request, response, url) : toLogin(response)),
    '/me': (request, response) => void response.writeHead(known(request) ? 200 : 401).end(),
    '/app': (_, response) =>
      html(response, '<title>App</title><p id=app><script>fetch("/me").then(({ ok }) => { if (!ok) location.href = "/login"; })</script>'),
    '/never': () => undefined,
    '/redirects': (_, response, url) =>
      void response.writeHead(302, { location: `/redirects?n=${Number(url.searchParams.get('n') ?? 0) + 1}` }).end(),
    '/status': (_, response, url) => void response.writeHead(Number(url.searchParams.get('code'))).end('<title>status</title>no'),
    '/huge': (_, response) => sendHuge(response),
    '/no-load': (_, response) => html(response, '<title>no load</title><p id=there>there<img src="/never">'),
    ...fileAnswers,
    '/refused': (_, response) => void response.writeHead(403, { 'x-understudy-refused': 'protected' }).end('refused'),
    '/strict': async (_, response) => {
      response.setHeader('content-security-policy', "default-src 'self'");
      html(response, await readFile(pageFile('forms'), 'utf8'));
    },
  };
  const server = http.createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://site');
    requests.push(url.pathname + url.search);
    const answer = special[url.pathname] ?? page;
    void Promise.resolve(answer(request, response, url)).catch(() => response.writeHead(404).end('<title>404</title>'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    acts: () => acts,
    endSessions: () => sessions.clear(),
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

const page: Answer = async (_, response, url) => {
  const name = /^\/([\w-]+)$/.exec(url.pathname)?.[1] ?? '';
  html(response, await readFile(pageFile(name), 'utf8'));
};

const html = (response: http.ServerResponse, body: string): void =>
  void response.setHeader('content-type', 'text/html; charset=utf-8').end(body);

/** 50 MB of paragraphs, as fast as the browser takes them. */
function sendHuge(response: http.ServerResponse): void {
  response.setHeader('content-type', 'text/html');
  response.write('<title>huge</title><p id=first>first');
  const chunk = `<p>${'lorem ipsum '.repeat(5_000)}`;
  let left = Math.ceil(50_000_000 / chunk.length);
  const more = (): void => {
    while (left > 0 && !response.destroyed) {
      left -= 1;
      if (!response.write(chunk)) return void response.once('drain', more);
    }
    response.end();
  };
  more();
}
