/** The editor of a runbook's source. A chunk of its own: nothing but the runbook page needs it. */
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, foldGutter, foldKeymap, indentOnInput, indentUnit } from '@codemirror/language';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
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
import { completion } from './editor-completion.ts';
import { cursorInView } from './editor-cursor.ts';
import { intake, type Intake } from './editor-intake.ts';
import { look } from './editor-look.ts';
import { lineOf, markProblems, problemMarks } from './editor-problems.ts';
import { panels } from './panel-look.ts';
import type { Problem } from './problems.ts';

export type Editor = {
  /** replaces the whole source, and can be undone; no `onChange` */
  setSource: (source: string) => void;
  setReadOnly: (readOnly: boolean) => void;
  setProblems: (problems: readonly Problem[]) => void;
  /** puts the cursor there and brings it into view; counts from 1 */
  goTo: (line: number, column?: number) => void;
  focus: () => void;
  destroy: () => void;
};
export type EditorOptions = Intake & {
  parent: HTMLElement;
  source: string;
  readOnly: boolean;
  onChange: (source: string) => void;
  onLine: (line: number) => void;
  onSave: () => void;
};

const locked = (is: boolean) => [EditorState.readOnly.of(is), EditorView.editable.of(!is)];

const margins = [lineNumbers(), foldGutter(), highlightActiveLine(), highlightActiveLineGutter()];
const editing = [drawSelection(), bracketMatching(), history(), indentOnInput(), indentUnit.of('  '), EditorState.tabSize.of(2)];
const finding = [search({ top: true }), highlightSelectionMatches()];
const contents = EditorView.contentAttributes.of({
  'aria-label': 'Source of the runbook',
  'aria-describedby': 'editor-keys',
  tabindex: '0',
  spellcheck: 'false',
});
const hint = placeholder('title: What this runbook does');

function keysWith(onSave: () => void): Extension {
  const save = { key: 'Mod-s', preventDefault: true, run: () => (onSave(), true) };
  return keymap.of([save, ...defaultKeymap, ...historyKeymap, ...foldKeymap, ...searchKeymap, indentWithTab]);
}

function moveTo(doc: Text, line: number, column: number): TransactionSpec {
  const at = lineOf(doc, line);
  const anchor = Math.min(at.to, at.from + column - 1);
  return { selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: 'center' }) };
}

export function createEditor({ parent, source, readOnly, onChange, onLine, onSave, ...files }: EditorOptions): Editor {
  const lock = new Compartment();
  let quiet = false;
  const listener = EditorView.updateListener.of((update) => {
    if (update.docChanged && !quiet) onChange(update.state.doc.toString());
    if (update.selectionSet || update.docChanged) onLine(update.state.doc.lineAt(update.state.selection.main.head).number);
  });
  const shown = [margins, problemMarks, finding, look, panels, hint, contents];
  const extensions = [
    shown,
    editing,
    completion,
    intake(files),
    cursorInView,
    keysWith(onSave),
    yaml(),
    lock.of(locked(readOnly)),
    listener,
  ];
  const view = new EditorView({ parent, state: EditorState.create({ doc: source, extensions }) });
  return {
    setSource(next) {
      quiet = true;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next }, selection: { anchor: 0 } });
      quiet = false;
    },
    setReadOnly: (is) => view.dispatch({ effects: lock.reconfigure(locked(is)) }),
    setProblems: (problems) => view.dispatch(markProblems(view.state, problems)),
    goTo(line, column = 1) {
      view.dispatch(moveTo(view.state.doc, line, column));
      view.focus();
    },
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
}
