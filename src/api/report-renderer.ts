/** The built module that writes a report as one HTML document, from the components of the console. */
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { ExecutionReport } from '../contract/report.ts';
import { ApiProblem } from './problem.ts';

/** A whole document. Pictures stand in it as `src="artifact:<id>"`. */
export type RenderReport = (report: ExecutionReport) => Promise<string>;

/** @throws ApiProblem not_built; whatever a module that is there but broken throws */
export async function loadRenderer(path: string): Promise<RenderReport> {
  if (!existsSync(path))
    throw new ApiProblem(
      'not_built',
      'The report as a page is not built on this server: run "npm run build". The report as JSON is at the same address without ".html".',
    );
  const { renderReport } = (await import(pathToFileURL(path).href)) as { renderReport?: RenderReport };
  if (typeof renderReport !== 'function') throw new TypeError(`${path} exports no renderReport`);
  return renderReport;
}
