/**
 * Playwright's own trace viewer, from where it is installed. It shows snapshots of pages, which are hostile: nothing of them may run in the console's origin, and
 * nothing is asked of other servers.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import express, { Router, type Response } from 'express';
import { ApiProblem } from './problem.ts';
import { serviceWorkerSeal } from './trace-viewer-seal.ts';

export const traceViewerPath = '/trace-viewer';
const serviceWorker = '/sw.bundle.js';

/** Also of the service worker: what it fetches is bound by its own policy. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "frame-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join('; ');

/** The viewer's pages and what belongs to them; its pages for running tests are none of ours. */
const served = /^\/(index\.html|snapshot\.html|manifest\.webmanifest|(assets\/)?[\w-]+(\.[\w-]+)?\.(js|css|ttf|svg))$/;

/** The folder of the viewer; null where Playwright is installed without it. */
export function findTraceViewer(): string | null {
  try {
    const playwright = createRequire(import.meta.url).resolve('playwright/package.json');
    const installed = dirname(createRequire(playwright).resolve('playwright-core/package.json'));
    const folder = join(installed, 'lib', 'vite', 'traceViewer');
    return existsSync(join(folder, 'index.html')) ? folder : null;
  } catch {
    return null;
  }
}

function setHeaders(res: Response): void {
  res.setHeader('Content-Security-Policy', policy);
  res.setHeader('X-Frame-Options', 'SAMEORIGIN');
  res.setHeader('X-DNS-Prefetch-Control', 'off');
  res.setHeader('Cache-Control', 'no-cache');
}

/** `index.html?trace=<address of the artifact on this server>` opens a trace. `folder`: what `findTraceViewer` gives. */
export function traceViewerFiles(folder: string | null): Router {
  const router = Router();
  router.use((req, res, next) => {
    if (req.method !== 'GET' && req.method !== 'HEAD') {
      res.setHeader('Allow', 'GET, HEAD');
      throw new ApiProblem('method_not_allowed', `${req.method} is not possible here; allowed: GET, HEAD`);
    }
    if (folder === null)
      throw new ApiProblem(
        'not_found',
        'Playwright is installed here without its trace viewer. Save the trace and open it with "npx playwright show-trace".',
      );
    if (!served.test(req.path)) throw new ApiProblem('not_found', 'the trace viewer has no such file');
    setHeaders(res);
    next();
  });
  if (folder === null) return router;
  router.get(serviceWorker, async (_req, res) => {
    const own = await readFile(join(folder, serviceWorker), 'utf8');
    res.type('text/javascript').send(serviceWorkerSeal + own);
  });
  router.use(express.static(folder, { index: false, redirect: false, dotfiles: 'ignore', cacheControl: false }));
  router.use((_req) => {
    throw new ApiProblem('not_found', 'the trace viewer has no such file');
  });
  return router;
}
