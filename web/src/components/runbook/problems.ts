import type { Validation } from '../../../../src/contract/library.ts';
import type { RunbookMistake } from '../../../../src/contract/runbook.ts';

/** An error keeps a runbook from being saved; a warning does not. */
export type Problem = RunbookMistake & { severity: 'error' | 'warning' };

/** In the order of the text; on one line the errors first. `refused`: what the server said when it did not store the text. */
export function problemsOf({ errors, warnings }: Pick<Validation, 'errors' | 'warnings'>, refused: readonly RunbookMistake[]): Problem[] {
  const wrong = (refused.length > 0 ? refused : errors).map((mistake): Problem => ({ ...mistake, severity: 'error' }));
  const doubtful = warnings.map((mistake): Problem => ({ ...mistake, severity: 'warning' }));
  return [...wrong, ...doubtful].sort(
    (a, b) => a.line - b.line || (a.severity === b.severity ? a.column - b.column : a.severity === 'error' ? -1 : 1),
  );
}

const counted = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

/** "2 problems", "1 problem, 3 warnings", "1 warning", "No problems". */
export function problemsInWords(problems: readonly Problem[]): string {
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const warnings = problems.length - errors;
  const parts = [...(errors > 0 ? [counted(errors, 'problem')] : []), ...(warnings > 0 ? [counted(warnings, 'warning')] : [])];
  return parts.join(', ') || 'No problems';
}

/** The problem after (or before) a line, round the end of the text. */
export function problemFrom(problems: readonly Problem[], line: number, way: 1 | -1): Problem | undefined {
  if (way > 0) return problems.find((problem) => problem.line > line) ?? problems[0];
  return problems.findLast((problem) => problem.line < line) ?? problems.at(-1);
}
