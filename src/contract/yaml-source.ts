/** YAML to plain data that knows where everything stood. Bounded: hostile text is refused, never expanded. */
import { LineCounter, parseDocument, type Document, type YAMLError } from 'yaml';
import { Mistakes, type Place } from './mistakes.ts';
import { expand, TooMuch } from './yaml-expand.ts';

export const maxSourceBytes = 512 * 1024;

export type YamlSource = {
  /** undefined when there is nothing that could be read */
  data: unknown;
  mistakes: Mistakes;
  /** offset of the first syntax error: what stands behind it cannot be trusted; Infinity when there is none */
  brokenAt: number;
};

const friendly: Partial<Record<YAMLError['code'], string>> = {
  TAB_AS_INDENT: 'tabs cannot be used to indent; use spaces',
  BAD_INDENT: 'this line is not indented as its neighbours are; align it with them',
  MULTIPLE_DOCS: 'a second YAML document begins here (after `---`); a runbook is one document, remove the rest',
  TAG_RESOLVE_FAILED: 'YAML tags (`!something`) are not supported; remove the tag',
  BAD_ALIAS: 'this alias (`*name`) cannot be used here; write the value out',
  BLOCK_AS_IMPLICIT_KEY: 'nested mappings cannot stand on one line; if the text contains `: `, put it in quotes',
  MULTILINE_IMPLICIT_KEY: 'this line is neither `key: value` nor a list item; add the `:` or put the text in quotes',
  KEY_OVER_1024_CHARS: 'this key is too long; is a `:` missing?',
  RESOURCE_EXHAUSTION: 'this is nested too deeply; runbooks need about ten levels',
};

const firstLine = (message: string): string => message.split('\n', 1)[0] ?? message;

/** One syntax error often makes others on its line: the first tells most. */
function addSyntaxErrors(document: Document, mistakes: Mistakes): void {
  const lines = new Set<number>();
  for (const error of [...document.errors, ...document.warnings]) {
    const { line } = mistakes.position(error.pos[0]);
    if (lines.has(line)) continue;
    lines.add(line);
    const message = friendly[error.code] ?? `this is not valid YAML: ${firstLine(error.message)}`;
    mistakes.addAt(error.pos[0], '', message);
  }
}

function compose(source: string, counter: LineCounter, mistakes: Mistakes): Document | undefined {
  try {
    // uniqueKeys compares every key with every other; `expand` does it with a set
    return parseDocument(source, { lineCounter: counter, prettyErrors: false, uniqueKeys: false, logLevel: 'silent', resolveKnownTags: false });
  } catch (error) {
    const tooDeep = error instanceof RangeError;
    mistakes.addAt(0, '', tooDeep ? 'this is nested too deeply; runbooks need about ten levels' : `this is not valid YAML: ${firstLine(String(error))}`);
    return undefined;
  }
}

/** Never throws. At most 512 KiB, one document, no tags. */
export function readYaml(source: string): YamlSource {
  const counter = new LineCounter();
  const mistakes = new Mistakes(counter, new Map<string, Place>());
  const refuse = (message: string): YamlSource => {
    mistakes.addAt(0, '', message);
    return { data: undefined, mistakes, brokenAt: 0 };
  };
  if (source.length > maxSourceBytes || new TextEncoder().encode(source).length > maxSourceBytes) return refuse('the runbook is larger than 512 KiB; split it');
  const document = compose(source, counter, mistakes);
  if (!document) return { data: undefined, mistakes, brokenAt: 0 };
  if (document.contents === null && document.errors.length === 0) return refuse('the runbook is empty; it needs at least `title` and `steps`');
  addSyntaxErrors(document, mistakes);
  const brokenAt = Math.min(Infinity, ...document.errors.slice(0, 1_000).map((e) => e.pos[0]));
  try {
    return { data: expand(document, mistakes), mistakes, brokenAt };
  } catch (error) {
    mistakes.addAt(error instanceof TooMuch ? error.offset : 0, '', error instanceof TooMuch ? error.message : 'this is nested too deeply; runbooks need about ten levels');
    return { data: undefined, mistakes, brokenAt };
  }
}
