/** `understudy run` */
import { resolve } from 'node:path';
import type { JobDetail, JobState } from '../contract/job.ts';
import type { StartJobBody } from '../contract/start.ts';
import { createApiClient, type ApiClient } from './api-client.ts';
import { painter, plain, writeLine, type Console } from './console.ts';
import { CommandError, exit, type ExitCode } from './exit.ts';
import { followJob, type Watcher } from './follow.ts';
import { watchInterrupts, type Interrupts } from './interrupts.ts';
import { outcomeLines } from './job-lines.ts';
import { evidenceInWords, jobOptions, type EvidenceOptions } from './evidence.ts';
import { keepResults, type Kept, type KeepOptions } from './keep-results.ts';
import { createProgress, type Progress } from './progress.ts';
import { findTarget, fitRows, readGiven, warnOfOpenSecrets, type TargetOptions, type ValueOptions } from './run-request.ts';
import { prepareFolder } from './save-files.ts';
import { findServer } from './settings.ts';
import { startJob } from './start-job.ts';
import { bytes, plural } from './step-lines.ts';

export type RunOptions = ValueOptions &
  TargetOptions &
  EvidenceOptions &
  KeepOptions & {
    url?: string;
    requestedBy?: string;
    json: boolean;
    follow: boolean;
    /** ms */
    timeout?: number;
    cancelOnInterrupt: boolean;
  };

type Running = { console: Console; api: ApiClient; options: RunOptions; interrupts: Interrupts };
/** What became of one job. */
type Ended = Kept & { jobId: string; page: string; status: JobState['status']; exitCode: ExitCode };

const silent: Progress = { changed: () => undefined, queuePlace: () => undefined, connection: () => undefined, end: () => undefined };
const codes: Partial<Record<JobState['status'], ExitCode>> = { failed: exit.failed, cancelled: exit.cancelled };

const isTalkative = ({ quiet, json }: RunOptions): boolean => !quiet && !json;

function watcherOf({ console, options }: Running, page: string): Progress {
  return isTalkative(options) ? createProgress(console, { output: console.stdout, page }) : silent;
}

async function follow(running: Running, jobId: string, watcher: Watcher): Promise<JobState> {
  const { api, options, interrupts } = running;
  const limit = options.timeout === undefined ? [] : [AbortSignal.timeout(options.timeout)];
  try {
    return await followJob(api, { jobId, watcher, signal: AbortSignal.any([interrupts.signal, ...limit]) });
  } catch (error) {
    if ((error as Error).name !== 'TimeoutError') throw error;
    throw new CommandError(`The job is not over after the time of --timeout. It goes on: understudy does not cancel it.`, exit.timedOut, {
      cause: error,
    });
  }
}

function printKept({ console }: Running, { page, evidence, report, reportHtml, archive }: Ended): void {
  const kept = evidence && evidenceInWords(evidence);
  const lines = { kept: kept && `${kept}: ${page}`, report, page: reportHtml, archive };
  for (const [name, text] of Object.entries(lines)) if (text) writeLine(console.stdout, `${name.padEnd(7)} ${text}`);
}

function printEnd(running: Running, state: JobState, ended: Ended): void {
  const { console, options } = running;
  const { page, files } = ended;
  const { stdout, env } = console;
  if (options.json) return;
  for (const line of outcomeLines(state, painter(stdout, env))) writeLine(stdout, line);
  for (const { name, path, bytes: size } of files) writeLine(stdout, `file    ${path === '' ? plain(name, 150) : path} (${bytes(size)})`);
  if (files.some(({ path }) => path === ''))
    writeLine(stdout, `        --output-dir would have saved ${files.length === 1 ? 'it' : 'them'}; on the server: ${page}`);
  printKept(running, ended);
}

async function runOne(running: Running, body: StartJobBody): Promise<Ended> {
  const { console, api, options, interrupts } = running;
  const job: JobDetail = await startJob(api, body);
  const page = new URL(`/jobs/${job.id}`, api.server.url).href;
  interrupts.started(job.id, page);
  if (!options.json) writeLine(console.stdout, `${plain(job.title)}  ${page}`);
  if (!options.follow) return { jobId: job.id, page, status: job.status, exitCode: exit.completed, files: [], notSaved: [] };
  const progress = watcherOf(running, page);
  const state = await follow(running, job.id, progress).finally(() => progress.end());
  const ended: Ended = {
    jobId: job.id,
    page,
    status: state.status,
    exitCode: codes[state.status] ?? exit.completed,
    ...(await keepResults(console, api, { ...options, jobId: job.id })),
  };
  printEnd(running, state, ended);
  return ended;
}

/** Of several jobs: failed before cancelled before completed. */
function worst(all: readonly Ended[]): ExitCode {
  const found = all.map(({ exitCode }) => exitCode);
  return [exit.failed, exit.cancelled].find((code) => found.includes(code)) ?? exit.completed;
}

function sumUp({ console, options }: Running, all: readonly Ended[], rows: number): void {
  if (options.json) {
    const told = all.map(({ notSaved, files, ...one }) => ({
      ...one,
      files: files.map(({ name, path }) => ({ name, path: path || null })),
      notSaved,
    }));
    writeLine(console.stdout, JSON.stringify(rows > 1 ? { exitCode: worst(all), jobs: told } : told[0], null, 2));
  } else if (rows > 1) {
    const count = (status: string): number => all.filter((one) => one.status === status).length;
    const words = options.follow
      ? `${count('completed')} completed, ${count('failed')} failed, ${count('cancelled')} cancelled`
      : 'started';
    writeLine(console.stdout, `${plural(all.length, 'job')}: ${words}`);
  }
}

/** The exit code of the job. @throws CommandError */
export async function run(console: Console, name: string, options: RunOptions): Promise<ExitCode> {
  const api = createApiClient(findServer(console, options.url));
  const { inputs, secrets, rows: given } = await readGiven(console, options);
  const { runbook, body } = await findTarget(console, api, { name, runbookVersion: options.runbookVersion, quiet: !isTalkative(options) });
  warnOfOpenSecrets(console, runbook, inputs);
  const rows = fitRows(console, runbook, given);
  if (options.outputDir !== undefined) await prepareFolder(resolve(console.cwd, options.outputDir));
  const interrupts = watchInterrupts(console, api, { cancel: options.cancelOnInterrupt });
  const running: Running = { console, api, options, interrupts };
  const wanted = jobOptions(options);
  const requestedBy = options.requestedBy ?? 'command line';
  const ended: Ended[] = [];
  try {
    for (const [index, data] of rows.entries()) {
      if (rows.length > 1 && !options.json) writeLine(console.stdout, `Row ${index + 1} of ${rows.length}`);
      ended.push(
        await runOne(running, { ...body, inputs, secrets, requestedBy, ...(wanted && { options: wanted }), ...(data && { data }) }),
      );
      if (interrupts.asked) break;
    }
    sumUp(running, ended, rows.length);
    return worst(ended);
  } finally {
    interrupts.end();
  }
}
