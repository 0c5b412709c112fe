/** How the source of a runbook looks: the console's own tokens, so that light and dark follow the page. */
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { Decoration, EditorView, MatchDecorator, ViewPlugin, type DecorationSet, type ViewUpdate } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { Prec, type Extension } from '@codemirror/state';

/** An error is a square, a warning a triangle. */
const sign = { content: '""', display: 'block', width: '8px', height: '8px', margin: '2px' };

const theme = EditorView.theme({
  '&': { height: '100%', backgroundColor: 'var(--ui-bg)', color: 'var(--ui-text)', fontSize: '12px' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': {
    fontFamily: 'var(--font-mono)',
    lineHeight: '20px',
    fontVariantLigatures: 'none',
    fontFeatureSettings: '"calt" 0',
    overflow: 'auto',
  },
  '.cm-content': { padding: '8px 0', caretColor: 'var(--ui-text-highlighted)' },
  '.cm-line': { padding: '0 24px 0 8px' },
  '.cm-gutters': { backgroundColor: 'var(--ui-bg)', color: 'var(--ui-text-dimmed)', border: 'none' },
  '.cm-lineNumbers .cm-gutterElement': { minWidth: '40px', padding: '0 8px 0 12px' },
  '.cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--ui-bg-elevated) 60%, transparent)' },
  '.cm-activeLineGutter': { backgroundColor: 'var(--ui-bg-elevated)', color: 'var(--ui-text-highlighted)' },
  '.cm-cursor': { borderLeftColor: 'var(--ui-text-highlighted)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'color-mix(in srgb, var(--run) 24%, transparent)',
  },
  '.cm-gutter-lint': { width: '18px' },
  '.cm-gutter-lint .cm-gutterElement': { width: '18px', padding: '0 3px', boxSizing: 'border-box' },
  '.cm-lint-marker': { width: '12px', height: '12px', padding: '4px 0' },
  '.cm-lint-marker-error, .cm-lint-marker-warning': { content: 'none', position: 'relative' },
  '.cm-lint-marker-error::before': { ...sign, backgroundColor: 'var(--fail)', borderRadius: '2px' },
  '.cm-lint-marker-warning::before': { ...sign, backgroundColor: 'var(--wait)', clipPath: 'polygon(50% 0, 100% 100%, 0 100%)' },
  '.cm-lintRange-error': { backgroundImage: 'none', textDecoration: 'underline wavy var(--fail)', textUnderlineOffset: '3px' },
  '.cm-lintRange-warning': { backgroundImage: 'none', textDecoration: 'underline dotted 2px var(--wait)', textUnderlineOffset: '3px' },
  '.cm-diagnostic': { fontFamily: 'var(--font-sans)', padding: '4px 10px', whiteSpace: 'pre-wrap', maxWidth: '28rem' },
  '.cm-diagnostic-error': { borderLeft: '3px solid var(--fail)' },
  '.cm-diagnostic-warning': { borderLeft: '3px dotted var(--wait)' },
  '.cm-diagnosticSource': { fontSize: '11px', opacity: '1', color: 'var(--ui-text-muted)' },
  '.cm-placeholder': { color: 'var(--ui-text-dimmed)' },
});

const highlight = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--tok-key)' },
  { tag: [tags.string, tags.special(tags.string), tags.attributeValue], color: 'var(--tok-str)' },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword, tags.labelName, tags.typeName], color: 'var(--tok-num)' },
  { tag: tags.comment, color: 'var(--tok-com)' },
  { tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace, tags.meta], color: 'var(--ui-text-muted)' },
]);

/** Colours what the YAML grammar does not tell apart. Innermost, so that it wins over the colour of the string around it. */
function paint(regexp: RegExp, color: string): Extension {
  const matcher = new MatchDecorator({ regexp, decoration: Decoration.mark({ attributes: { style: `color: ${color}` } }) });
  const plugin = ViewPlugin.fromClass(
    class {
      decorations: DecorationSet;
      constructor(view: EditorView) {
        this.decorations = matcher.createDeco(view);
      }
      update(update: ViewUpdate): void {
        this.decorations = matcher.updateDeco(update, this.decorations);
      }
    },
    { decorations: (painted) => painted.decorations },
  );
  return Prec.highest(plugin);
}

/** `{{name}}` is a value that comes from outside. */
const values = paint(/\{\{[^{}\n]*\}\}/g, 'var(--tok-var)');
const scalars = paint(/(?<=:\s)(?:true|false|null|-?\d+(?:\.\d+)?)(?=\s*(?:$|[,}#]))/gm, 'var(--tok-num)');

export const look: Extension = [theme, syntaxHighlighting(highlight), values, scalars];
