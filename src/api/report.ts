/** Handlers of a job's report. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import type { Artifact } from '../contract/artifact.ts';
import type { ExecutionReport } from '../contract/report.ts';
import type { JobInput } from '../contract/step-task.ts';
import { listArtifacts } from '../db/artifacts.ts';
import { isDatabaseAway } from '../db/database.ts';
import { findJob } from '../db/jobs.ts';
import { reportOf, startUrlOf } from '../domain/report.ts';
import { dispositionOf, reportFileName } from './artifact-headers.ts';
import type { ApiDependencies } from './dependencies.ts';
import { noSuchJob, readTimeline } from './job-reader.ts';
import { ApiProblem } from './problem.ts';
import { reportHtml } from './report-html.ts';
import { loadRenderer } from './report-renderer.ts';
import type { Handlers } from './route.ts';

export type ReportHandlers = Pick<Handlers, 'jobReport' | 'jobReportHtml'>;

export function reportHandlers(deps: ApiDependencies): ReportHandlers {
  return {
    async jobReport({ params, res }) {
      const report = await readReport(deps, params.id);
      res.setHeader('Content-Disposition', dispositionOf('inline', reportFileName(report, 'json')));
      return report;
    },
    async jobReportHtml({ params, query, req, res }) {
      const report = await readReport(deps, params.id);
      await sendHtml(deps, report, { req, res, attachment: query.download === '1' });
    },
  };
}

/**
 * While Postgres is away it is made of what the workflow knows, and says that the files cannot be listed.
 * @throws ApiProblem not_found; database_unavailable when the workflow does not answer either
 */
export const readReport = async (deps: ApiDependencies, id: string): Promise<ExecutionReport> => (await gather(deps, id)).report;

/** With all files: for what would look complete without them. @throws ApiProblem not_found, database_unavailable */
export async function readWholeReport(deps: ApiDependencies, id: string): Promise<ExecutionReport> {
  const { report, listed } = await gather(deps, id);
  if (listed) return report;
  throw new ApiProblem('database_unavailable', 'The list of files cannot be read while Postgres is away. Try again in a moment.');
}

/** `listed`: the artifacts in it are those that there are */
async function gather(deps: ApiDependencies, id: string): Promise<{ report: ExecutionReport; listed: boolean }> {
  const timeline = await readTimeline(deps, id);
  if (!timeline) throw noSuchJob(id);
  const kept = timeline.stored ? await readKept(deps, id) : null;
  const beside = { now: new Date().toISOString(), artifacts: kept?.artifacts ?? null, understudy: deps.settings.version };
  return { report: reportOf(timeline.state, kept?.input ? startUrlOf(kept.input) : '', beside), listed: kept !== null };
}

type Kept = { input: JobInput | null | undefined; artifacts: Artifact[] };

/** Null: Postgres has gone away since the job was read. */
async function readKept({ database: { db } }: ApiDependencies, id: string): Promise<Kept | null> {
  try {
    const [job, artifacts] = await Promise.all([findJob(db, id), listArtifacts(db, id)]);
    return { input: job?.input, artifacts };
  } catch (error) {
    if (isDatabaseAway(error)) return null;
    throw error;
  }
}

type Sending = { req: Request; res: Response; attachment: boolean };

async function sendHtml(deps: ApiDependencies, report: ExecutionReport, { req, res, attachment }: Sending): Promise<void> {
  const render = await loadRenderer(deps.settings.reportRenderer);
  const html = await render(report);
  res.setHeader('Content-Type', 'text/html; charset=utf-8');
  res.setHeader('Content-Disposition', dispositionOf(attachment ? 'attachment' : 'inline', reportFileName(report, 'html')));
  res.setHeader('Content-Security-Policy', "default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox");
  res.setHeader('X-Content-Type-Options', 'nosniff');
  res.setHeader('Cache-Control', 'private, no-cache');
  if (req.method === 'HEAD') return void res.end();
  // a reader that goes away in the middle is no error
  await pipeline(Readable.from(reportHtml(report, html, deps.artifacts)), res).catch((err: unknown) => {
    if (!res.closed) deps.log.error({ err, jobId: report.jobId }, 'a report broke off');
    res.destroy();
  });
}
