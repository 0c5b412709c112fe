/** `understudy validate` */
import { painter, writeLine, type Console } from './console.ts';
import { exit, type ExitCode } from './exit.ts';
import { mistakeLines } from './mistake-lines.ts';
import { readText } from './read-text.ts';
import { errorsOf, readRunbook, warningsOf, type RunbookText } from './runbook-text.ts';
import { plural } from './step-lines.ts';

type Read = { name: string; text: RunbookText };

const nameOf = (file: string): string => (file === '-' ? '<stdin>' : file);

const kinds: Record<RunbookText['kind'], string> = { runbook: '', short: 'in the short dialect; ', recording: 'a recording; ' };

function summary({ name, text }: Read): string {
  const [errors, warnings] = [errorsOf(text).length, warningsOf(text).length];
  const steps = text.runbook ? plural(text.runbook.steps.length, 'step') : '';
  const counts = [...(errors > 0 ? [plural(errors, 'error')] : ['valid', steps]), ...(warnings > 0 ? [plural(warnings, 'warning')] : [])];
  return `${name}: ${kinds[text.kind]}${counts.filter(Boolean).join(', ')}`;
}

function printJson(console: Console, files: Read[]): void {
  const told = files.map(({ name, text }) => ({
    file: name,
    kind: text.kind,
    valid: text.runbook !== undefined,
    title: text.runbook?.title ?? null,
    errors: text.remarks.flatMap(({ of, errors }) => errors.map((one) => ({ ...one, in: of }))),
    warnings: text.remarks.flatMap(({ of, warnings }) => warnings.map((one) => ({ ...one, in: of }))),
  }));
  writeLine(console.stdout, JSON.stringify({ valid: told.every(({ valid }) => valid), files: told }, null, 2));
}

/** 0: all are valid, warnings or not; 1: one is not. @throws CommandError when a file cannot be read */
export async function validate(console: Console, files: string[], { json = false }: { json?: boolean }): Promise<ExitCode> {
  const read: Read[] = [];
  for (const file of files) read.push({ name: nameOf(file), text: readRunbook(await readText(console, file)) });
  if (json) printJson(console, read);
  else {
    const { stdout, env } = console;
    const drawing = { paint: painter(stdout, env), carets: stdout.isTTY === true, columns: stdout.columns ?? 100 };
    for (const one of read) for (const line of [...mistakeLines(one.text, one.name, drawing), summary(one)]) writeLine(stdout, line);
  }
  return read.every(({ text }) => text.runbook) ? exit.completed : exit.failed;
}
