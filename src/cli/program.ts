/** The command line: its commands, options and help texts. */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { ScreenshotPolicy } from '../contract/evidence.ts';
import { toMs } from '../domain/duration.ts';
import { painter, writeLine, type Console } from './console.ts';
import { CommandError, exit, type ExitCode } from './exit.ts';
import { importFile, type ImportOptions } from './import.ts';
import { run, type RunOptions } from './run.ts';
import { validate } from './validate.ts';

const wholeNumber = (text: string): number => {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number from 1.');
};

const milliseconds = (text: string): number => {
  const ms = toMs(text);
  if (Number.isFinite(ms) && ms > 0 && ms < 2 ** 31) return ms;
  throw new InvalidArgumentError('Write a number with a unit, as in 90s, 15m or 2h; at most 24d.');
};

const collect = (value: string, before: string[]): string[] => [...before, value];

const validateHelp = `
Every mistake is a line "file:line:column: error: message (path)". Recordings of Chrome DevTools (JSON) and runbooks in the
short dialect are checked as the runbooks that they become.

Exit code: 0 all are valid (there may be warnings), 1 there are mistakes, 2 a file cannot be read.

  $ understudy validate pay-invoices.yaml
  $ understudy import recording.json | understudy validate -`;

const importHelp = `
What cannot be taken over is told on standard error, with its line.
Exit code: 0 written, 1 there are mistakes, 2 a file cannot be read or written.

  $ understudy import recording.json -o log-in.yaml`;

const runHelp = `
The server is the one of --url, else of UNDERSTUDY_URL, else the one that "npm start" runs here. Its key is found by itself on the same
machine (UNDERSTUDY_HOME); for another machine set UNDERSTUDY_API_KEY. Ctrl-C ends this command, not the job.

Exit code: 0 completed, 1 failed, 3 cancelled; 2 wrong use, a runbook with mistakes, or values that are refused;
4 the server is not reached; 124 --timeout is over; 130 Ctrl-C.

  $ understudy run order-supplies                                        a runbook of the library
  $ understudy run pay.yaml --input invoice=INV-2041 --secret-file .secrets --output-dir out
  $ understudy run pay.yaml --data invoices.csv --all-rows               one job after the other
  $ understudy run pay.yaml --video --screenshots always --zip           with all the proof there can be`;

function addValidate(program: Command, act: Act): void {
  program
    .command('validate')
    .summary('check runbooks')
    .description('Check runbooks: every mistake with its line, column and remedy.')
    .argument('<file...>', 'runbooks or recordings; - reads standard input')
    .option('--json', 'the result as JSON')
    .addHelpText('after', validateHelp)
    .action((files: string[], options: { json?: boolean }) => act((console) => validate(console, files, options)));
}

function addImport(program: Command, act: Act): void {
  program
    .command('import')
    .summary('make a runbook of a recording')
    .description('Make a runbook (YAML) of a recording of Chrome DevTools, or of a runbook in the short dialect.')
    .argument('<file>', 'recording or runbook; - reads standard input')
    .option('-o, --output <file>', 'write it there; default: standard output')
    .option('--force', 'overwrite the file when it exists')
    .addHelpText('after', importHelp)
    .action((file: string, options: ImportOptions) => act((console) => importFile(console, file, options)));
}

function addRun(program: Command, act: Act): void {
  program
    .command('run')
    .summary('start a job and follow it')
    .description('Start a job on a server that runs, follow it to its end, and keep its report.')
    .argument('<runbook>', 'a file (- reads standard input), or the id of a runbook of the library')
    .option('-i, --input <name=value>', 'value of a variable; may be repeated', collect, [])
    .option('--secret-file <file>', 'secret values, as JSON or lines name=value; may be repeated', collect, [])
    .option('--data <file>', 'rows of data (CSV with a header, or JSON); a job takes one')
    .option('--row <n>', 'which row, from 1', wholeNumber)
    .option('--all-rows', 'a job for each row, one after the other')
    .option('--url <address>', 'of the server')
    .option('--requested-by <name>', 'who asks; default: command line')
    .option('--runbook-version <n>', 'of a runbook of the library; default: the latest', wholeNumber)
    .option('--output-dir <folder>', 'for all that is saved; default: the report goes here, downloads and exports stay on the server')
    .option('--report-html', 'the report as a page, too, in one file with its pictures inside')
    .option('--zip', 'all that the job leaves as one archive: report, files, pictures, video, trace')
    .option('--video', 'record a video (plan Business and up)')
    .option('--trace', 'record a Playwright trace')
    .addOption(new Option('--screenshots <when>', 'when pictures of steps are kept; default: change').choices(ScreenshotPolicy.options))
    .option('--no-live', 'nobody can watch it while it works')
    .option('-q, --quiet', 'only how it ended', false)
    .option('--json', 'no progress; at the end one JSON object', false)
    .option('--no-follow', 'start it and do not wait')
    .option('--timeout <duration>', 'stop following after so long, as in 15m; the job goes on', milliseconds)
    .addOption(new Option('--cancel-on-interrupt', 'Ctrl-C cancels the job').default(false))
    .addHelpText('after', runHelp)
    .action((name: string, options: RunOptions) => act((console) => run(console, name, options)));
}

type Act = (command: (console: Console) => Promise<ExitCode>) => Promise<void>;

function createProgram(console: Console, version: string, act: Act): Command {
  const program = new Command('understudy')
    .description('Durable browser runbooks: check them, make them of recordings, run them.')
    .version(version, '-V, --version', 'print the version')
    .helpCommand('help [command]', 'about a command')
    .configureOutput({
      writeOut: (text) => void console.stdout.write(text),
      writeErr: (text) => void console.stderr.write(text),
      getOutHelpWidth: () => console.stdout.columns ?? 110,
      getErrHelpWidth: () => console.stderr.columns ?? 110,
    })
    .showHelpAfterError('(understudy help, and understudy help <command>, say what there is)')
    .exitOverride();
  for (const add of [addValidate, addImport, addRun]) add(program, act);
  return program;
}

function complain({ stderr, env }: Console, error: unknown): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exit.completed : exit.wrongUse;
  const message =
    error instanceof CommandError
      ? error.message
      : `Something went wrong here: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  writeLine(stderr, `${painter(stderr, env)('red', 'understudy:')} ${message}`);
  return error instanceof CommandError ? error.exitCode : exit.failed;
}

/** Carries out `args` (without the program's name) and gives the exit code. Never throws. */
export async function runCommand(args: readonly string[], console: Console, version: string): Promise<ExitCode> {
  let code: ExitCode = exit.completed;
  const program = createProgram(console, version, async (command) => {
    code = await command(console);
  });
  try {
    if (args.length === 0) {
      program.outputHelp({ error: true });
      return exit.wrongUse;
    }
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    return complain(console, error);
  }
}
