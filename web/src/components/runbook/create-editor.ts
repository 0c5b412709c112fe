/** The editor of a runbook's source. A chunk of its own: nothing but the runbook page needs it. */
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, foldGutter, foldKeymap, indentOnInput, indentUnit } from '@codemirror/language';
import { lintGutter, lintKeymap, setDiagnostics, type Diagnostic } from '@codemirror/lint';
import { Compartment, EditorState, type Extension, type Text, type TransactionSpec } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
  placeholder,
} from '@codemirror/view';
import type { RunbookMistake } from '../../../../src/contract/runbook.ts';
import { look } from './editor-look.ts';

export type Editor = {
  /** replaces the whole source; no `onChange` */
  setSource: (source: string) => void;
  setReadOnly: (readOnly: boolean) => void;
  setMistakes: (mistakes: readonly RunbookMistake[]) => void;
  /** puts the cursor there and brings it into view; counts from 1 */
  goTo: (line: number, column?: number) => void;
  destroy: () => void;
};
export type EditorOptions = {
  parent: HTMLElement;
  source: string;
  readOnly: boolean;
  onChange: (source: string) => void;
  onLine: (line: number) => void;
  onSave: () => void;
};

const locked = (is: boolean) => [EditorState.readOnly.of(is), EditorView.editable.of(!is)];

const margins = [lineNumbers(), foldGutter(), lintGutter(), highlightActiveLine(), highlightActiveLineGutter()];
const editing = [drawSelection(), bracketMatching(), history(), indentOnInput(), indentUnit.of('  '), EditorState.tabSize.of(2)];
const contents = EditorView.contentAttributes.of({ 'aria-label': 'Source of the runbook', tabindex: '0', spellcheck: 'false' });

function keysWith(onSave: () => void): Extension {
  const save = { key: 'Mod-s', preventDefault: true, run: () => (onSave(), true) };
  return keymap.of([save, ...defaultKeymap, ...historyKeymap, ...foldKeymap, ...lintKeymap]);
}

/** A mistake marks the word it stands at, or its whole line where there is none. */
function diagnosticOf(doc: Text, mistake: RunbookMistake): Diagnostic {
  const line = lineOf(doc, mistake.line);
  const start = Math.min(line.to, line.from + Math.max(0, mistake.column - 1));
  const rest = /^\S+/.exec(line.text.slice(start - line.from))?.[0].length ?? 0;
  return { from: rest > 0 ? start : line.from, to: rest > 0 ? start + rest : line.to, severity: 'error', message: mistake.message };
}

const lineOf = (doc: Text, line: number) => doc.line(Math.min(Math.max(1, line), doc.lines));

const markMistakes = (state: EditorState, mistakes: readonly RunbookMistake[]): TransactionSpec =>
  setDiagnostics(
    state,
    mistakes.map((mistake) => diagnosticOf(state.doc, mistake)).sort((a, b) => a.from - b.from),
  );

function moveTo(doc: Text, line: number, column: number): TransactionSpec {
  const at = lineOf(doc, line);
  const anchor = Math.min(at.to, at.from + column - 1);
  return { selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: 'center' }) };
}

export function createEditor({ parent, source, readOnly, onChange, onLine, onSave }: EditorOptions): Editor {
  const lock = new Compartment();
  let quiet = false;
  const listener = EditorView.updateListener.of((update) => {
    if (update.docChanged && !quiet) onChange(update.state.doc.toString());
    if (update.selectionSet || update.docChanged) onLine(update.state.doc.lineAt(update.state.selection.main.head).number);
  });
  const hint = placeholder('title: What this runbook does');
  const extensions = [margins, editing, keysWith(onSave), yaml(), look, hint, contents, lock.of(locked(readOnly)), listener];
  const view = new EditorView({ parent, state: EditorState.create({ doc: source, extensions }) });
  return {
    setSource(next) {
      quiet = true;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next } });
      quiet = false;
    },
    setReadOnly: (is) => view.dispatch({ effects: lock.reconfigure(locked(is)) }),
    setMistakes: (mistakes) => view.dispatch(markMistakes(view.state, mistakes)),
    goTo(line, column = 1) {
      view.dispatch(moveTo(view.state.doc, line, column));
      view.focus();
    },
    destroy: () => view.destroy(),
  };
}
