/** The built console: hashed assets for ever, every other page is index.html, which is asked for each time. */
import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import express, { Router, type Response } from 'express';
import { ApiProblem } from './problem.ts';

const forEver = 'public, max-age=31536000, immutable';
/** Paths of the interface never fall back to the page. */
const notAPage = /^\/(api|assets|trace-viewer|healthz|readyz|metrics)(\/|$)|\.[a-z0-9]{1,8}$/i;

export function consoleFiles(folder: string): Router {
  const router = Router();
  const setHeaders = (res: Response, path: string): void =>
    void res.setHeader('Cache-Control', path.includes(`${sep}assets${sep}`) ? forEver : 'no-cache');
  router.use(express.static(folder, { index: false, redirect: false, dotfiles: 'ignore', cacheControl: false, setHeaders }));
  router.get(/.*/, (req, res, next) => {
    if (notAPage.test(req.path) || !req.accepts('html')) return next();
    const page = join(folder, 'index.html');
    if (!existsSync(page))
      throw new ApiProblem('not_found', 'The console is not built on this server: run "npm run build". The interface under /api works.');
    res.setHeader('Cache-Control', 'no-cache');
    res.sendFile(page, (error?: Error) => error && next(error));
  });
  return router;
}
