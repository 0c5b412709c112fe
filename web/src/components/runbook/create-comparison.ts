/** Two texts beside each other, or one below the other where there is no room. A chunk of its own. */
import { yaml } from '@codemirror/lang-yaml';
import { foldGutter } from '@codemirror/language';
import { getChunks, goToNextChunk, goToPreviousChunk, MergeView, unifiedMergeView } from '@codemirror/merge';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { EditorState, type Extension, type StateCommand } from '@codemirror/state';
import { drawSelection, EditorView, keymap, lineNumbers } from '@codemirror/view';
import { look } from './editor-look.ts';
import { comparison, panels } from './panel-look.ts';

export type Side = { label: string; text: string };
export type Comparison = {
  /** how many places differ */
  changes: number;
  next: () => void;
  previous: () => void;
  destroy: () => void;
};
export type ComparisonOptions = { parent: HTMLElement; before: Side; after: Side; unified: boolean; collapse: boolean };

/** Text to look at: it can be searched, selected and walked through, not changed. */
const reading = (label: string): Extension => [
  ...[EditorState.readOnly.of(true), EditorView.editable.of(false)],
  EditorView.contentAttributes.of({ 'aria-label': label, 'aria-readonly': 'true', tabindex: '0' }),
  ...[lineNumbers(), drawSelection(), yaml(), search({ top: true }), highlightSelectionMatches(), look, panels],
];
const keys = keymap.of([
  { key: 'F7', run: goToNextChunk, preventDefault: true },
  { key: 'Shift-F7', run: goToPreviousChunk, preventDefault: true },
  ...searchKeymap,
]);
const unchanged = { margin: 3, minSize: 6 };

export function createComparison(options: ComparisonOptions): Comparison {
  const { view, destroy } = options.unified ? oneColumn(options) : twoColumns(options);
  const run = (command: StateCommand) => (): void => {
    command({ state: view.state, dispatch: (transaction) => view.dispatch(transaction) });
    view.dispatch({ effects: EditorView.scrollIntoView(view.state.selection.main.head, { y: 'center' }) });
  };
  return { changes: getChunks(view.state)?.chunks.length ?? 0, next: run(goToNextChunk), previous: run(goToPreviousChunk), destroy };
}

type Made = { view: EditorView; destroy: () => void };

function twoColumns({ parent, before, after, collapse }: ComparisonOptions): Made {
  const side = ({ label, text }: Side) => ({ doc: text, extensions: [reading(label), comparison, keys] });
  const both = new MergeView({
    parent,
    a: side(before),
    b: side(after),
    gutter: true,
    ...(collapse ? { collapseUnchanged: unchanged } : {}),
  });
  return { view: both.b, destroy: () => both.destroy() };
}

function oneColumn({ parent, before, after, collapse }: ComparisonOptions): Made {
  const merge = unifiedMergeView({ original: before.text, mergeControls: false, ...(collapse ? { collapseUnchanged: unchanged } : {}) });
  const extensions = [reading(`${before.label}, changed to ${after.label}`), comparison, keys, merge];
  const view = new EditorView({ parent, state: EditorState.create({ doc: after.text, extensions }) });
  return { view, destroy: () => view.destroy() };
}

export type Reader = { goTo: (line: number) => void; destroy: () => void };

/** One text, to be read. */
export function createReader(parent: HTMLElement, { label, text }: Side): Reader {
  const extensions = [reading(label), foldGutter(), keymap.of(searchKeymap)];
  const view = new EditorView({ parent, state: EditorState.create({ doc: text, extensions }) });
  return {
    goTo(number) {
      const line = view.state.doc.line(Math.min(Math.max(1, number), view.state.doc.lines));
      view.dispatch({ selection: { anchor: line.from }, effects: EditorView.scrollIntoView(line.from, { y: 'center' }) });
    },
    destroy: () => view.destroy(),
  };
}
