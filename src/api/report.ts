/** Handlers of a job's report. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import type { ExecutionReport } from '../contract/report.ts';
import { listArtifacts } from '../db/artifacts.ts';
import { findJob } from '../db/jobs.ts';
import { reportOf, startUrlOf } from '../domain/report.ts';
import { dispositionOf } from './artifact-headers.ts';
import type { ApiDependencies } from './dependencies.ts';
import { noSuchJob, readTimeline } from './job-reader.ts';
import { reportHtml } from './report-html.ts';
import { loadRenderer } from './report-renderer.ts';
import type { Handlers } from './route.ts';

export type ReportHandlers = Pick<Handlers, 'jobReport' | 'jobReportHtml'>;

export function reportHandlers(deps: ApiDependencies): ReportHandlers {
  return {
    jobReport: ({ params }) => readReport(deps, params.id),
    async jobReportHtml({ params, query, req, res }) {
      const report = await readReport(deps, params.id);
      await sendHtml(deps, report, { req, res, attachment: query.download === '1' });
    },
  };
}

/** @throws ApiProblem not_found, database_unavailable */
export async function readReport(deps: ApiDependencies, id: string): Promise<ExecutionReport> {
  const timeline = await readTimeline(deps, id);
  if (!timeline) throw noSuchJob(id);
  const { db } = deps.database;
  const [input, artifacts] = timeline.stored
    ? await Promise.all([findJob(db, id).then((job) => job?.input), listArtifacts(db, id)])
    : [undefined, []];
  const beside = { now: new Date().toISOString(), artifacts, understudy: deps.settings.version };
  return reportOf(timeline.state, input ? startUrlOf(input) : '', beside);
}

type Sending = { req: Request; res: Response; attachment: boolean };

async function sendHtml(deps: ApiDependencies, report: ExecutionReport, { req, res, attachment }: Sending): Promise<void> {
  const render = await loadRenderer(deps.settings.reportRenderer);
  const html = await render(report);
  const name = `${report.runbookTitle.slice(0, 80)} ${(report.finishedAt ?? report.reportedAt).slice(0, 10)} ${report.jobId}.html`;
  res.setHeader('Content-Type', 'text/html; charset=utf-8');
  res.setHeader('Content-Disposition', dispositionOf(attachment ? 'attachment' : 'inline', name));
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
