/** Problems in the text of a runbook: underlined where they stand, told at the margin. */
import { lintGutter, lintKeymap, nextDiagnostic, previousDiagnostic, setDiagnostics, type Diagnostic } from '@codemirror/lint';
import type { EditorState, Extension, Text, TransactionSpec } from '@codemirror/state';
import { keymap } from '@codemirror/view';
import type { Problem } from './problems.ts';

export const lineOf = (doc: Text, line: number) => doc.line(Math.min(Math.max(1, line), doc.lines));

/** The word that it stands at is marked, or the whole line where there is none. */
function diagnosticOf(doc: Text, { line: number, column, severity, message }: Problem): Diagnostic {
  const line = lineOf(doc, number);
  const start = Math.min(line.to, line.from + Math.max(0, column - 1));
  const rest = /^[^\s:,{}[\]]+|^\S+/.exec(line.text.slice(start - line.from))?.[0].length ?? 0;
  const indent = line.text.length - line.text.trimStart().length;
  const [from, to] = rest > 0 ? [start, start + rest] : [line.from + indent, line.to];
  return { from, to, severity, message, source: severity === 'error' ? 'Error' : 'Warning' };
}

export const markProblems = (state: EditorState, problems: readonly Problem[]): TransactionSpec =>
  setDiagnostics(
    state,
    problems.map((problem) => diagnosticOf(state.doc, problem)).sort((a, b) => a.from - b.from),
  );

/** F8 goes to the next problem, Shift-F8 to the one before. The page's notices wait for F8, too: from here they must not get it. */
export const problemMarks: Extension = [
  lintGutter(),
  keymap.of([
    { key: 'F8', run: nextDiagnostic, stopPropagation: true },
    { key: 'Shift-F8', run: previousDiagnostic, stopPropagation: true },
    ...lintKeymap.filter(({ key }) => key !== 'F8'),
  ]),
];
