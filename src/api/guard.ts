/** Nobody presses buttons through a page: which requests are heard at all. No CORS headers are ever sent. */
import { timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import { routes } from '../contract/routes.ts';
import { ApiProblem } from './problem.ts';

export type GuardOptions = {
  /** UNDERSTUDY_URL: its host is allowed beside this server's own loopback names */
  publicUrl: string | null;
  /** whoever sends it as `authorization: Bearer <key>` needs no Origin */
  apiKey: string;
  /** where the key is, for the error that explains how to send it */
  apiKeyFile: string;
};

const loopbackNames = ['127.0.0.1', 'localhost', '[::1]'];
const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/** A name that resolves to this machine (DNS rebinding) is not one of ours: only names that we know are. */
function allowedHosts(req: Request, publicUrl: string | null): Set<string> {
  const port = req.socket.localPort;
  const hosts = loopbackNames.map((name) => (port === 80 ? name : `${name}:${port}`));
  if (publicUrl) hosts.push(new URL(publicUrl).host);
  return new Set(hosts);
}

function checkHost(req: Request, publicUrl: string | null): void {
  const host = req.headers.host?.toLowerCase();
  if (host !== undefined && allowedHosts(req, publicUrl).has(host)) return;
  throw new ApiProblem('forbidden_host', 'Use the address that the server printed, or set UNDERSTUDY_URL to the address that people use.');
}

function hasKey(req: Request, key: string): boolean {
  const given = /^Bearer (.+)$/i.exec(req.headers.authorization ?? '')?.[1]?.trim() ?? '';
  const [a, b] = [Buffer.from(given), Buffer.from(key)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function sameOrigin(req: Request, publicUrl: string | null): boolean {
  const { origin, host } = req.headers;
  const site = req.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  if (origin === undefined || host === undefined) return false;
  const published = publicUrl === null ? undefined : new URL(publicUrl);
  const expected = published?.host === host.toLowerCase() ? published.origin : `http://${host.toLowerCase()}`;
  return origin.toLowerCase() === expected;
}

function checkOrigin(req: Request, options: GuardOptions): void {
  if (hasKey(req, options.apiKey) || sameOrigin(req, options.publicUrl)) return;
  const how = `Other programs send the header "authorization: Bearer <key>"; the key is in ${options.apiKeyFile} on the server.`;
  throw new ApiProblem('forbidden_origin', `Requests that change something must come from the console's own page. ${how}`);
}

const known = Object.values(routes).map(({ method, path }) => ({
  method: method.toUpperCase(),
  pattern: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}/?$`),
}));

/** There is something at that path, but nothing hears this method: the answer is which ones are heard, not how to send a body. */
function isUnheard({ method, path }: Request): boolean {
  const there = known.filter(({ pattern }) => pattern.test(path));
  return there.length > 0 && there.every((route) => route.method !== method);
}

function checkContentType(req: Request): void {
  if (isUnheard(req)) return;
  const type = req.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type === 'application/json') return;
  throw new ApiProblem('unsupported_media_type', 'Send the header "content-type: application/json", also with an empty body.');
}

export function guard(options: GuardOptions): RequestHandler {
  return (req, _res, next) => {
    checkHost(req, options.publicUrl);
    if (!safeMethods.has(req.method)) {
      checkOrigin(req, options);
      checkContentType(req);
    }
    next();
  };
}
