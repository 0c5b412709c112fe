/** What is kept of a job that is over: its report, its files, and what else was asked for. */
import { resolve } from 'node:path';
import type { Artifact } from '../contract/artifact.ts';
import type { ApiClient } from './api-client.ts';
import { plain, writeLine, type Console } from './console.ts';
import { evidenceOf, type Evidence } from './evidence.ts';
import { isFile, jobArtifacts, saveArchive, saveFiles, saveReport, saveReportPage, type NotSaved, type Saved } from './save-files.ts';

export type KeepOptions = { outputDir?: string; reportHtml?: boolean; zip?: boolean };

/** Paths of what was saved; of `files` that stayed on the server the path is empty. `evidence` is undefined when nobody could tell. */
export type Kept = {
  report?: string;
  reportHtml?: string;
  archive?: string;
  evidence?: Evidence;
  files: Saved[];
  notSaved: NotSaved[];
};

async function keepFiles(console: Console, api: ApiClient, { artifacts, folder }: { artifacts: Artifact[]; folder: string | undefined }) {
  const files = artifacts.filter(isFile);
  if (folder === undefined) return { files: files.map(({ name, bytes }) => ({ name, bytes, path: '' })), notSaved: [] };
  const { saved, lost } = await saveFiles(api, files, folder);
  for (const { name, reason } of lost) writeLine(console.stderr, `${plain(name, 150)} could not be saved: ${plain(reason)}`);
  return { files: saved, notSaved: lost };
}

/** Without `outputDir` the files stay on the server, and the rest goes where the command was given. What cannot be had changes nothing about the job: it is said. */
export async function keepResults(
  console: Console,
  api: ApiClient,
  { jobId, outputDir, reportHtml, zip }: KeepOptions & { jobId: string },
): Promise<Kept> {
  const folder = resolve(console.cwd, outputDir ?? '.');
  const complain = (what: string) => (error: unknown) =>
    writeLine(console.stderr, `${what}: ${error instanceof Error ? plain(error.message, 500) : String(error)}`);
  const report = await saveReport(api, jobId, folder).catch(complain('The report could not be saved'));
  const page = reportHtml ? await saveReportPage(api, jobId, folder).catch(complain('The report could not be saved as HTML')) : undefined;
  const archive = zip ? await saveArchive(api, jobId, folder).catch(complain('The archive could not be saved')) : undefined;
  const artifacts = await jobArtifacts(api, jobId).catch(complain('The files could not be listed'));
  return {
    ...(report && { report: report.path }),
    ...(page !== undefined && { reportHtml: page }),
    ...(archive !== undefined && { archive }),
    ...(artifacts && { evidence: evidenceOf(artifacts) }),
    ...(await keepFiles(console, api, { artifacts: artifacts ?? [], folder: outputDir === undefined ? undefined : folder })),
  };
}
