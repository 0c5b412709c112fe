/** Completion and help in the editor. What may be written is worked out in source/; here it is shown. */
import {
  acceptCompletion,
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionStatus,
  insertCompletionText,
  pickedCompletion,
  startCompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
} from '@codemirror/autocomplete';
import type { Extension } from '@codemirror/state';
import { EditorView, hoverTooltip, keymap, type Tooltip } from '@codemirror/view';
import { getRunbookSchema } from '../../api/runbooks.ts';
import { completionsAt, type Option } from './source/complete.ts';
import { helpAt } from './source/help.ts';

const types = { key: 'property', value: 'enum', name: 'variable' } as const;

type Applied = [view: EditorView, completion: Completion, from: number, to: number];

/** `rank`: options stay in the order of the language, as long as what is typed fits them alike. */
function shown(option: Option, rank: number): Completion {
  const apply = (...[view, completion, from, to]: Applied): void => {
    view.dispatch({ ...insertCompletionText(view.state, option.insert, from, to), annotations: pickedCompletion.of(completion) });
    if (option.more) startCompletion(view);
  };
  const info = option.about === '' ? undefined : () => paragraphs(option.about.split('\n'));
  return { label: option.label, type: types[option.kind], detail: option.detail, apply, boost: -Math.min(99, rank), info };
}

/** While a word is typed, and where a key or a value begins. On a blank line only when it is asked for: people go there to look, too. */
async function source(context: CompletionContext): Promise<CompletionResult | null> {
  if (!context.explicit && !context.matchBefore(/[\w$]+|\{\{\s*|[:,[{-] /)) return null;
  const schema = await getRunbookSchema().catch(() => undefined);
  const found = context.aborted ? null : completionsAt(schema, context.state.doc.toString(), context.pos);
  return found && { from: found.from, to: found.to, options: found.options.map(shown), validFor: /^[\w$]*$/ };
}

function paragraphs(lines: readonly string[]): HTMLElement {
  const box = document.createElement('div');
  for (const line of lines.filter(Boolean)) box.appendChild(document.createElement('p')).textContent = line;
  return box;
}

async function help(view: EditorView, at: number): Promise<Tooltip | null> {
  const schema = await getRunbookSchema().catch(() => undefined);
  const found = schema && helpAt(schema, view.state.doc.toString(), at);
  if (!found) return null;
  const create = () => {
    const dom = paragraphs([found.about, found.kind]);
    dom.className = 'cm-key-help';
    dom.prepend(document.createElement('strong'));
    if (dom.firstChild) dom.firstChild.textContent = found.key;
    return { dom };
  };
  return { pos: found.from, end: found.to, above: true, create };
}

/** The list scrolls, so it must be reachable; while it is open, Tab takes an option instead. */
const reachable = EditorView.updateListener.of(({ state, view }) => {
  if (completionStatus(state) === null) return;
  const write = (): void => view.dom.querySelector('.cm-tooltip-autocomplete > ul')?.setAttribute('tabindex', '0');
  view.requestMeasure({ read: () => undefined, write, key: 'reachable' });
});

/** Enter or Tab takes the option, Ctrl-Space asks for options, Escape closes them. */
export const completion: Extension = [
  autocompletion({ override: [source], icons: false }),
  closeBrackets(),
  keymap.of([{ key: 'Tab', run: acceptCompletion }, ...closeBracketsKeymap]),
  reachable,
  hoverTooltip(help, { hoverTime: 350 }),
];
