/** YAML to plain data that knows where everything stood. Bounded: hostile text is refused, never expanded. */
import { Composer, Lexer, LineCounter, Parser, type CST, type Document, type YAMLError } from 'yaml';
import { Mistakes } from './mistakes.ts';
import { expand, maxDepth, tooDeep, TooMuch } from './yaml-expand.ts';

export const maxSourceBytes = 512 * 1024;
const maxLexemes = 150_000;
const maxErrors = 200;
const opening = new Set(['[', '{']);
const closing = new Set([']', '}']);

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
  BAD_ALIAS: 'this alias (`*name`) cannot be used here; write the value out',
  BLOCK_AS_IMPLICIT_KEY: 'nested mappings cannot stand on one line; if the text contains `: `, put it in quotes',
  MULTILINE_IMPLICIT_KEY: 'this line is neither `key: value` nor a list item; add the `:` or put the text in quotes',
  KEY_OVER_1024_CHARS: 'this key is too long; is a `:` missing?',
  RESOURCE_EXHAUSTION: tooDeep,
};

const firstLine = (message: string): string => message.split('\n', 1)[0] ?? message;

/** Text to syntax tokens, given up early: the parser itself would take seconds for what no runbook looks like. */
function* limitedTokens(source: string, counter: LineCounter): Generator<CST.Token> {
  const parser = new Parser(counter.addNewLine);
  counter.addNewLine(0);
  let offset = 0;
  let lexemes = 0;
  let depth = 0;
  let errors = 0;
  for (const lexeme of new Lexer().lex(source)) {
    offset += lexeme.length;
    depth += opening.has(lexeme) ? 1 : closing.has(lexeme) ? -1 : 0;
    if (depth > maxDepth) throw new TooMuch(tooDeep, offset);
    if ((lexemes += 1) > maxLexemes) throw new TooMuch('the runbook is too long; split it', offset);
    for (const token of parser.next(lexeme)) {
      yield token;
      if (token.type === 'error' && (errors += 1) > maxErrors) throw new TooMuch('too much of this is not valid YAML', offset);
    }
  }
  yield* parser.end();
}

function compose(source: string, counter: LineCounter): Document | undefined {
  // uniqueKeys compares every key with every other; `expand` does it with a set
  const composer = new Composer({
    lineCounter: counter,
    prettyErrors: false,
    uniqueKeys: false,
    logLevel: 'error',
    resolveKnownTags: false,
  });
  let document: Document | undefined;
  for (const next of composer.compose(limitedTokens(source, counter), true, source.length)) {
    if (!document) document = next;
    else throw new TooMuch('a second YAML document begins here (after `---`); a runbook is one document, remove the rest', next.range[0]);
  }
  return document;
}

/** One syntax error often makes others on its line: the first tells most. */
function addSyntaxErrors(errors: readonly YAMLError[], mistakes: Mistakes): void {
  const lines = new Set<number>();
  for (const error of errors.slice(0, maxErrors)) {
    const { line } = mistakes.position(error.pos[0]);
    if (lines.has(line)) continue;
    lines.add(line);
    mistakes.addAt(error.pos[0], '', friendly[error.code] ?? `this is not valid YAML: ${firstLine(error.message)}`);
  }
}

function read(source: string, counter: LineCounter, mistakes: Mistakes): YamlSource {
  const document = compose(source, counter);
  if (!document || (document.contents === null && document.errors.length === 0))
    throw new TooMuch('the runbook is empty; it needs at least `title` and `steps`', 0);
  // what expand refuses is said alone: the syntax errors that come with it (as of a stack that ran out) only confuse
  const data = expand(document, mistakes);
  addSyntaxErrors(document.errors, mistakes);
  return { data, mistakes, brokenAt: Math.min(Infinity, ...document.errors.slice(0, maxErrors).map((e) => e.pos[0])) };
}

/** Never throws. At most 512 KiB, one document, no tags. */
export function readYaml(source: string): YamlSource {
  const counter = new LineCounter();
  const mistakes = new Mistakes(counter);
  try {
    if (source.length > maxSourceBytes || new TextEncoder().encode(source).length > maxSourceBytes)
      throw new TooMuch('the runbook is larger than 512 KiB; split it', 0);
    return read(source, counter, mistakes);
  } catch (error) {
    const stackRanOut = error instanceof RangeError;
    const message =
      error instanceof TooMuch ? error.message : stackRanOut ? tooDeep : `this is not valid YAML: ${firstLine(String(error))}`;
    mistakes.addAt(error instanceof TooMuch ? error.offset : 0, '', message);
    return { data: undefined, mistakes, brokenAt: 0 };
  }
}
