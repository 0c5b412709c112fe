/** What a job is to be started with, from the command line: the runbook, its values, and a row. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { RunbookDetail, RunbookSummary } from '../contract/library.ts';
import type { Runbook } from '../contract/runbook.ts';
import type { StartJobBody } from '../contract/start.ts';
import { RefusedError, type ApiClient } from './api-client.ts';
import { painter, plain, writeLine, type Console } from './console.ts';
import { chooseRow, readRows, usedColumns, type DataRow } from './data-file.ts';
import { CommandError } from './exit.ts';
import { parseInputs, readSecretFile, type Values } from './given-values.ts';
import { mistakeLines } from './mistake-lines.ts';
import { readText } from './read-text.ts';
import { errorsOf, readRunbook } from './runbook-text.ts';
import { plural } from './step-lines.ts';

export type ValueOptions = { input: string[]; secretFile: string[]; data?: string; row?: number; allRows?: boolean };

/** `body` says which runbook: its text, or its id. */
export type Target = { runbook: Runbook; body: Pick<StartJobBody, 'runbook' | 'runbookId' | 'version'> };
export type Given = { inputs: Values; secrets: Values; rows: (DataRow | undefined)[] };

const warner =
  (console: Console) =>
  (text: string): void =>
    writeLine(console.stderr, `${painter(console.stderr, console.env)('yellow', 'warning:')} ${text}`);

const isFile = (console: Console, name: string): boolean =>
  name === '-' || (statSync(resolve(console.cwd, name), { throwIfNoEntry: false })?.isFile() ?? false);
const looksLikeFile = (name: string): boolean => /[\\/]|\.(ya?ml|json)$/i.test(name);

async function fromFile(console: Console, file: string, quiet: boolean): Promise<Target> {
  const text = readRunbook(await readText(console, file));
  const { stderr, env } = console;
  const name = file === '-' ? '<stdin>' : file;
  const drawing = { paint: painter(stderr, env), carets: stderr.isTTY === true, columns: stderr.columns ?? 100 };
  const errors = errorsOf(text).length;
  if (errors > 0 || !quiet) for (const line of mistakeLines(text, name, drawing)) writeLine(stderr, line);
  if (!text.runbook || text.yaml === null) throw new CommandError(`${name}: ${plural(errors, 'error')}; no job was started`);
  return { runbook: text.runbook, body: { runbook: text.yaml } };
}

async function unknownRunbook(api: ApiClient, id: string): Promise<CommandError> {
  const { runbooks } = await api.json<{ runbooks: RunbookSummary[] }>('GET', '/api/runbooks');
  const known = runbooks.map((one) => one.id);
  const listed =
    known.length === 0 ? 'the library is empty' : `the library has ${known.slice(0, 20).join(', ')}${known.length > 20 ? ', …' : ''}`;
  return new CommandError(`“${plain(id)}” is neither a file here nor a runbook of the server; ${listed}`);
}

async function fromLibrary(api: ApiClient, id: string, version: number | undefined): Promise<Target> {
  const query = version === undefined ? '' : `?version=${version}`;
  try {
    const { runbook } = await api.json<RunbookDetail>('GET', `/api/runbooks/${encodeURIComponent(id)}${query}`);
    return { runbook, body: { runbookId: id, ...(version !== undefined && { version }) } };
  } catch (error) {
    if (!(error instanceof RefusedError) || error.problem?.code !== 'not_found') throw error;
    if (version !== undefined)
      throw new CommandError(`the server has no runbook ${plain(id)} with version ${version}`, undefined, { cause: error });
    throw await unknownRunbook(api, id);
  }
}

export type TargetOptions = { runbookVersion?: number; quiet: boolean };

/** A file (or `-`), which is looked through before anything is sent, or the id of a runbook of the library. @throws CommandError */
export async function findTarget(console: Console, api: ApiClient, named: { name: string } & TargetOptions): Promise<Target> {
  const { name, runbookVersion, quiet } = named;
  if (isFile(console, name) || looksLikeFile(name)) {
    if (runbookVersion !== undefined) throw new CommandError('--runbook-version is for runbooks of the library; a file has none');
    return fromFile(console, name, quiet);
  }
  return fromLibrary(api, name, runbookVersion);
}

async function rowsOf(console: Console, { data, row, allRows = false }: ValueOptions): Promise<Given['rows']> {
  if (data === undefined) {
    if (row !== undefined || allRows)
      throw new CommandError(`${allRows ? '--all-rows' : '--row'} chooses from a file: give it with --data file.csv`);
    return [undefined];
  }
  if (row !== undefined && allRows) throw new CommandError('--row and --all-rows contradict each other; give one of them');
  const rows = await readRows(console, data);
  return allRows ? rows : [chooseRow(rows, row, data)];
}

/** Later files of secrets win over earlier ones. @throws CommandError */
export async function readGiven(console: Console, options: ValueOptions): Promise<Given> {
  const inputs = parseInputs(options.input);
  const secrets: Values = Object.create(null) as Values;
  for (const file of options.secretFile) Object.assign(secrets, await readSecretFile(console, file, warner(console)));
  return { inputs, secrets, rows: await rowsOf(console, options) };
}

/** The rows as the runbook reads them; columns that it does not read are told once. */
export function fitRows(console: Console, runbook: Runbook, rows: Given['rows']): Given['rows'] {
  const fitted = rows.map((row) => row && usedColumns(row, runbook));
  const unused = fitted[0]?.unused ?? [];
  if (unused.length > 0)
    warner(console)(`no variable reads ${unused.map((column) => `“${plain(column, 60)}”`).join(', ')} of the data: not sent`);
  return fitted.map((one) => one?.row);
}

/** What was typed as `--input` stands in the shell's history and in the list of processes. */
export function warnOfOpenSecrets(console: Console, { variables }: Runbook, inputs: Values): void {
  for (const name of Object.keys(inputs))
    if (Object.hasOwn(variables, name) && variables[name]?.sensitive)
      warner(console)(`\`${name}\` is sensitive, and others can see command lines: give it with --secret-file`);
}
