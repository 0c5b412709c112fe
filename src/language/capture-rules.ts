/** Which fields a capture needs, by strategy; and the syntax of its pattern. */
import type { Mistakes, Path } from './mistakes.ts';
import { asText, has, type RawMap } from './raw.ts';

/** Capturing groups of a pattern that is known to be valid, counted without running it. */
export function countGroups(pattern: string): number {
  const tokens = pattern.match(/\\.|\[(?:\\.|[^\]\\])*\]|\((?!\?)|\(\?<(?![=!])/gs) ?? [];
  return tokens.filter((token) => token.startsWith('(')).length;
}

function checkPattern(capture: RawMap, path: Path, mistakes: Mistakes): void {
  const pattern = asText(capture['pattern']);
  const group = capture['group'];
  if (pattern === undefined) {
    if (has(capture, 'group')) mistakes.add([...path, 'group'], '`group` goes with `pattern`; add a pattern or remove it', 'key');
    return;
  }
  try {
    new RegExp(pattern);
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^.*: /s, '') : String(error);
    mistakes.add([...path, 'pattern'], `is not a valid regular expression (${reason}); if it holds a backslash, put it in 'single quotes'`);
    return;
  }
  const groups = countGroups(pattern);
  if (typeof group === 'number' && group > groups)
    mistakes.add(
      [...path, 'group'],
      `the pattern has ${groups} groups, so \`group\` may be 0 (the whole match)${groups > 0 ? ` to ${groups}` : ''}`,
    );
}

const needs: Record<string, { field: string; why: string }> = {
  snapshot: {
    field: 'pattern',
    why: 'a regular expression that finds the value in the text of the page (a description alone would need AI, which is not used here)',
  },
  expression: { field: 'expression', why: 'a template, as in "{{first}} {{ last.toUpperCase() }}", or JavaScript' },
  evaluate: { field: 'expression', why: 'JavaScript that gives the value, as in "document.title"' },
};

/** The strategies that read the page itself have nothing to evaluate. */
const unused: Record<string, string[]> = { snapshot: ['expression'], url: ['expression'] };

export function checkCapture(capture: RawMap, path: Path, mistakes: Mistakes): void {
  const strategy = asText(capture['strategy']) ?? '';
  const need = Object.hasOwn(needs, strategy) ? needs[strategy] : undefined;
  if (need && !has(capture, need.field)) mistakes.add(path, `the strategy \`${strategy}\` needs \`${need.field}\`: ${need.why}`);
  for (const field of Object.hasOwn(unused, strategy) ? (unused[strategy] ?? []) : []) {
    if (has(capture, field)) mistakes.add([...path, field], `\`${field}\` is not used by the strategy \`${strategy}\`; remove it`, 'key');
  }
  checkPattern(capture, path, mistakes);
}
