/** `understudy import` */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { painter, writeLine, type Console } from './console.ts';
import { CommandError, exit, type ExitCode } from './exit.ts';
import { mistakeLines } from './mistake-lines.ts';
import { readText } from './read-text.ts';
import { errorsOf, readRunbook, type RunbookText } from './runbook-text.ts';
import { plural } from './step-lines.ts';

export type ImportOptions = { output?: string; force?: boolean };

async function write(console: Console, text: string, { output, force = false }: { output: string; force?: boolean }): Promise<void> {
  try {
    await writeFile(resolve(console.cwd, output), text, { flag: force ? 'w' : 'wx' });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason =
      code === 'EEXIST' ? 'it exists already; choose another name, or overwrite it with --force' : `it cannot be written (${message})`;
    throw new CommandError(`${output}: ${reason}`, undefined, { cause: error });
  }
}

function tellMistakes({ stderr, env }: Console, text: RunbookText, name: string): void {
  const drawing = { paint: painter(stderr, env), carets: stderr.isTTY === true, columns: stderr.columns ?? 100 };
  for (const line of mistakeLines(text, name, drawing)) writeLine(stderr, line);
}

/** 0: the YAML was written; 1: there are mistakes in the way. @throws CommandError when a file cannot be read or written */
export async function importFile(console: Console, file: string, options: ImportOptions): Promise<ExitCode> {
  const text = readRunbook(await readText(console, file));
  const { stdout, stderr } = console;
  const name = file === '-' ? '<stdin>' : file;
  tellMistakes(console, text, name);
  const errors = errorsOf(text).length;
  if (text.yaml === null || (errors > 0 && text.kind === 'runbook')) {
    writeLine(stderr, `${name}: nothing was written, ${plural(errors, 'error')}`);
    return exit.failed;
  }
  if (text.kind === 'runbook') writeLine(stderr, `${name}: it is a runbook already, and is handed on as it is`);
  const yaml = text.yaml.endsWith('\n') ? text.yaml : `${text.yaml}\n`;
  if (options.output !== undefined) {
    await write(console, yaml, { output: options.output, force: options.force });
    writeLine(stderr, `${options.output}: written`);
  } else stdout.write(yaml);
  return errors > 0 ? exit.failed : exit.completed;
}
