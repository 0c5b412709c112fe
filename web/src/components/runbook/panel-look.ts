/** How lists, hints, the search panel and comparisons look, in the console's own tokens. */
import { EditorView } from '@codemirror/view';

const raised = {
  backgroundColor: 'var(--raised)',
  color: 'var(--ui-text)',
  border: '1px solid var(--ui-border-accented)',
  borderRadius: '6px',
};
const control = {
  fontFamily: 'var(--font-sans)',
  fontSize: '12px',
  lineHeight: '20px',
  color: 'var(--ui-text-highlighted)',
  backgroundColor: 'var(--ui-bg)',
  backgroundImage: 'none',
  border: '1px solid var(--field)',
  borderRadius: '4px',
  padding: '1px 8px',
  margin: '2px',
};
const tinted = (tone: string, share: number) => `color-mix(in srgb, var(--${tone}) ${share}%, transparent)`;

export const panels = EditorView.theme({
  // what explains an option hangs beside its list, so nothing is cut off
  '.cm-tooltip': { ...raised, zIndex: '30' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': {
    fontFamily: 'var(--font-mono)',
    fontSize: '12px',
    maxHeight: 'min(24rem, 40vh)',
    padding: '4px',
    minWidth: '16rem',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': {
    padding: '1px 8px',
    lineHeight: '20px',
    borderRadius: '4px',
    display: 'flex',
    gap: '12px',
  },
  // there is no room beside the list
  '@media (max-width: 767px)': { '.cm-tooltip.cm-completionInfo': { display: 'none' } },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    backgroundColor: 'var(--ui-bg-accented)',
    color: 'var(--ui-text-highlighted)',
  },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '600', color: 'var(--ui-text-highlighted)' },
  '.cm-completionDetail': {
    marginInlineStart: 'auto',
    fontFamily: 'var(--font-sans)',
    fontStyle: 'normal',
    fontSize: '11px',
    color: 'var(--ui-text-muted)',
  },
  '& li[aria-selected] .cm-completionDetail': { color: 'var(--ui-text-toned)' },
  '.cm-tooltip.cm-completionInfo': {
    ...raised,
    fontFamily: 'var(--font-sans)',
    fontSize: '12px',
    lineHeight: '18px',
    padding: '6px 10px',
    maxWidth: '20rem',
  },
  '.cm-key-help': { fontFamily: 'var(--font-sans)', fontSize: '12px', lineHeight: '18px', padding: '6px 10px', maxWidth: '24rem' },
  '.cm-key-help strong': { fontFamily: 'var(--font-mono)', fontWeight: '500', color: 'var(--ui-text-highlighted)' },
  '.cm-panels': { backgroundColor: 'var(--ui-bg-muted)', color: 'var(--ui-text)', zIndex: '10' },
  '.cm-panels-top': { borderBottom: '1px solid var(--ui-border)' },
  '.cm-panel.cm-search': { padding: '6px 28px 6px 12px', fontFamily: 'var(--font-sans)' },
  '.cm-panel.cm-search .cm-textfield': control,
  '.cm-panel.cm-search label': { fontSize: '12px', color: 'var(--ui-text)' },
  '.cm-panel.cm-search .cm-button': { ...control, border: '1px solid var(--ui-border-accented)', cursor: 'pointer' },
  '.cm-panel.cm-search [name=close]': { color: 'var(--ui-text)', fontSize: '18px', top: '4px', right: '8px', cursor: 'pointer' },
  '.cm-searchMatch': { backgroundColor: tinted('wait', 30) },
  '.cm-searchMatch-selected': { backgroundColor: tinted('wait', 60) },
  '.cm-selectionMatch': { backgroundColor: tinted('run', 14) },
});

/** Light enough for the colours of the text on it; the line below makes up for that. */
const changed = (tone: string) => ({ background: `${tinted(tone, 7)} !important`, boxShadow: `inset 0 -2px ${tinted(tone, 55)}` });

/** Deleted and inserted differ by colour, and by their side or the sign before the line. */
export const comparison = EditorView.theme({
  '&': { height: 'auto' },
  '.cm-scroller': { overflow: 'auto hidden' },
  '.cm-changedLine, .cm-inlineChangedLine': { backgroundColor: `${tinted('ok', 7)} !important` },
  '&.cm-merge-a .cm-changedLine, .cm-deletedChunk': { backgroundColor: `${tinted('fail', 7)} !important` },
  '.cm-changedText': changed('ok'),
  '&.cm-merge-a .cm-changedText, .cm-deletedChunk .cm-deletedText, .cm-deletedText': changed('fail'),
  '.cm-deletedLine, .cm-deletedLine del': { textDecoration: 'none' },
  '.cm-deletedChunk': { paddingInlineStart: '8px' },
  '.cm-changeGutter': { width: '4px' },
  '.cm-changedLineGutter': { backgroundColor: 'var(--ok)' },
  '&.cm-merge-a .cm-changedLineGutter, .cm-deletedLineGutter': { backgroundColor: 'var(--fail)' },
  // the sign that it puts there is in none of our fonts
  '.cm-collapsedLines::before, .cm-collapsedLines::after': { content: 'none' },
  '.cm-collapsedLines': {
    background: 'var(--ui-bg-elevated)',
    color: 'var(--ui-text-toned)',
    fontFamily: 'var(--font-sans)',
    fontSize: '11px',
    padding: '2px 12px',
    cursor: 'pointer',
  },
});
