/** Handlers of a job's report. */
import type { ExecutionReport } from '../contract/report.ts';
import { listArtifacts } from '../db/artifacts.ts';
import { findJob } from '../db/jobs.ts';
import { reportOf, startUrlOf } from '../domain/report.ts';
import type { ApiDependencies } from './dependencies.ts';
import { noSuchJob, readTimeline } from './job-reader.ts';
import { ApiProblem } from './problem.ts';
import type { Handlers } from './route.ts';

export type ReportHandlers = Pick<Handlers, 'jobReport' | 'jobReportHtml'>;

export function reportHandlers(deps: ApiDependencies): ReportHandlers {
  return {
    jobReport: ({ params }) => readReport(deps, params.id),
    jobReportHtml: () => {
      throw new ApiProblem('not_found', 'there is no report of this form yet');
    },
  };
}

/** @throws ApiProblem not_found, database_unavailable */
async function readReport(deps: ApiDependencies, id: string): Promise<ExecutionReport> {
  const timeline = await readTimeline(deps, id);
  if (!timeline) throw noSuchJob(id);
  const { db } = deps.database;
  const [input, artifacts] = timeline.stored
    ? await Promise.all([findJob(db, id).then((job) => job?.input), listArtifacts(db, id)])
    : [undefined, []];
  const beside = { now: new Date().toISOString(), artifacts, understudy: deps.settings.version };
  return reportOf(timeline.state, input ? startUrlOf(input) : '', beside);
}
