/** Runbooks as they come from a client: in YAML, in either dialect, or as a recording. */
import type { Validation } from '../contract/library.ts';
import type { Runbook, RunbookMistake } from '../contract/runbook.ts';
import type { RunbookText } from '../db/runbooks.ts';
import { parseRunbook } from '../language/parse-runbook.ts';
import { importRecording, isRecording } from '../recording/import-recording.ts';
import { ApiProblem } from './problem.ts';

type ReadSource = Omit<Validation, 'variables' | 'title'> & {
  title: string | null;
  /** undefined when there are errors */
  runbook: Runbook | undefined;
  /** what is kept: the text as it came, or what a recording has become */
  source: string;
};

/** A mistake in what a recording has become has no place in the recording itself. */
const inTranslation = ({ line, path, message }: RunbookMistake): RunbookMistake => ({
  ...{ line: 1, column: 1, path },
  message: `${message} (in the runbook that the recording becomes, line ${line})`,
});

function readRecording(text: string): ReadSource {
  const { source, title, errors, warnings } = importRecording(text);
  if (source === null)
    return { kind: 'recording', translation: null, runbook: undefined, source: text, title, errors, warnings, steps: [] };
  const parsed = parseRunbook(source);
  return {
    kind: 'recording',
    translation: source,
    runbook: parsed.runbook,
    source,
    title: parsed.runbook?.title ?? title,
    errors: parsed.errors.map(inTranslation),
    warnings: [...warnings, ...parsed.warnings.map(inTranslation)],
    steps: parsed.steps,
  };
}

/** Never throws. */
export function readSource(source: string): ReadSource {
  if (isRecording(source)) return readRecording(source);
  const { runbook, errors, warnings, steps, kind, translation } = parseRunbook(source);
  return { kind, translation, runbook, source, title: runbook?.title ?? null, errors, warnings, steps };
}

/** @throws ApiProblem invalid_runbook with every mistake */
export function requireRunbook(text: string): RunbookText {
  const { runbook, source, errors } = readSource(text);
  if (runbook && errors.length === 0) return { source, parsed: runbook };
  const first = errors[0] ? ` The first: line ${errors[0].line}, ${errors[0].path}: ${errors[0].message}` : '';
  throw new ApiProblem('invalid_runbook', `${errors.length === 1 ? '1 mistake' : `${errors.length} mistakes`} in the runbook.${first}`, {
    errors,
  });
}
