/** The editor of a runbook's source. A chunk of its own: nothing but the runbook page needs it. */
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, foldGutter, foldKeymap, indentOnInput, indentUnit } from '@codemirror/language';
import { lintGutter, lintKeymap, setDiagnostics, type Diagnostic } from '@codemirror/lint';
import { Compartment, EditorState } from '@codemirror/state';
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

export function createEditor({ parent, source, readOnly, onChange, onLine, onSave }: EditorOptions): Editor {
  const lock = new Compartment();
  const locked = (is: boolean) => [EditorState.readOnly.of(is), EditorView.editable.of(!is)];
  let quiet = false;
  const save = { key: 'Mod-s', preventDefault: true, run: () => (onSave(), true) };
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: source,
      extensions: [
        [
          lineNumbers(),
          foldGutter(),
          lintGutter(),
          highlightActiveLine(),
          highlightActiveLineGutter(),
          drawSelection(),
          bracketMatching(),
          history(),
          indentOnInput(),
        ],
        keymap.of([save, ...defaultKeymap, ...historyKeymap, ...foldKeymap, ...lintKeymap]),
        [yaml(), indentUnit.of('  '), EditorState.tabSize.of(2), look],
        placeholder('title: What this runbook does'),
        EditorView.contentAttributes.of({ 'aria-label': 'Source of the runbook', tabindex: '0', spellcheck: 'false' }),
        lock.of(locked(readOnly)),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !quiet) onChange(update.state.doc.toString());
          if (update.selectionSet || update.docChanged) onLine(update.state.doc.lineAt(update.state.selection.main.head).number);
        }),
      ],
    }),
  });

  const lineAt = (line: number) => view.state.doc.line(Math.min(Math.max(1, line), view.state.doc.lines));
  function diagnosticOf(mistake: RunbookMistake): Diagnostic {
    const line = lineAt(mistake.line);
    const start = Math.min(line.to, line.from + Math.max(0, mistake.column - 1));
    const rest = /^\S+/.exec(line.text.slice(start - line.from))?.[0].length ?? 0;
    return { from: rest > 0 ? start : line.from, to: rest > 0 ? start + rest : line.to, severity: 'error', message: mistake.message };
  }

  return {
    setSource(next) {
      quiet = true;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next } });
      quiet = false;
    },
    setReadOnly: (is) => view.dispatch({ effects: lock.reconfigure(locked(is)) }),
    setMistakes: (mistakes) =>
      view.dispatch(
        setDiagnostics(
          view.state,
          mistakes.map(diagnosticOf).sort((a, b) => a.from - b.from),
        ),
      ),
    goTo(line, column = 1) {
      const at = lineAt(line);
      const anchor = Math.min(at.to, at.from + column - 1);
      view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: 'center' }) });
      view.focus();
    },
    destroy: () => view.destroy(),
  };
}
