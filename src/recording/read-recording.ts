/** The text of a Chrome DevTools recording to its steps, each with the place where it stands. */
import { parse, parseStep, type Step } from '@puppeteer/replay';
import { isNode, LineCounter, parseDocument } from 'yaml';
import type { RunbookMistake } from '../contract/runbook.ts';

export type RecordedStep = Step & { at: number };
export type Recording = { title: string; timeout?: number; steps: RecordedStep[] };
type Path = (string | number)[];
/** Positions are looked up only for what is said. */
export type Locate = (path: Path, message: string) => RunbookMistake;
export type Read = { recording: Recording | undefined; mistakes: RunbookMistake[]; locate: Locate };

const largest = 512 * 1024;
const mostSteps = 1_000;
const deepest = 40;
/** Finding the place of a mistake reads the text as YAML, which takes its time. */
const mostValues = 100_000;

/** What the Recorder's own tools write behind the JSON. */
export const withoutSourceMap = (text: string): string => text.replace(/^\uFEFF/, '').replace(/\n\/\/# recorderSourceMap=\S*\s*$/, '\n');

const dotted = (path: Path): string =>
  path.map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i === 0 ? '' : '.'}${part}`)).join('');

function locator(text: string): Locate {
  let document: ReturnType<typeof parseDocument> | undefined;
  const lines = new LineCounter();
  return (path, message) => {
    document ??= parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'silent' });
    for (let length = path.length; length >= 0; length -= 1) {
      const node: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
      if (!isNode(node) || !node.range) continue;
      const { line, col } = lines.linePos(node.range[0]);
      return { line: Math.max(line, 1), column: Math.max(col, 1), path: dotted(path), message };
    }
    return { line: 1, column: 1, path: dotted(path), message };
  };
}

function atOffset(text: string, offset: number, message: string): RunbookMistake {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, path: '', message };
}

function tooMuch(text: string): string | undefined {
  if (text.length > largest) return `the recording is larger than ${largest / 1024} KiB; split it`;
  let depth = 0;
  let values = 0;
  for (const sign of text.replace(/"(?:[^"\\]|\\.)*"/g, '')) {
    if (sign === '{' || sign === '[') depth += 1;
    else if (sign === '}' || sign === ']') depth -= 1;
    else if (sign === ',') values += 1;
    if (depth > deepest) return 'this is nested too deeply to be a recording';
  }
  return values > mostValues ? 'the recording is too long; split it' : undefined;
}

/** As many characters as Node shows before the one that it stumbled over. */
const shownBefore = 10;

/** Node says the place in the message, or shows what stands around it, or that the text ends too early. */
function offsetOf(message: string, text: string): number {
  const position = /position (\d+)/.exec(message)?.[1];
  if (position !== undefined) return Number(position);
  const [, token = '', cut, around = ''] = /^Unexpected token '(.+?)', (\.\.\.)?"(.*)"(?:\.\.\.)? is not valid JSON$/s.exec(message) ?? [];
  if (token === '') return message.includes('end of JSON') ? text.trimEnd().length : 0;
  return Math.max(0, text.indexOf(around)) + (cut ? shownBefore : Math.max(0, around.indexOf(token)));
}

function notJson(text: string, error: unknown): RunbookMistake {
  const message = error instanceof Error ? error.message : String(error);
  const short = message.replace(/( in JSON)? at position.*$/s, '').replace(/, (\.\.\.)?".*is not valid JSON$/s, '');
  return atOffset(text, offsetOf(message, text), `this is not valid JSON: ${short.slice(0, 200)}`);
}

const isMap = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The parser insists on what only concerns where in the element is clicked, and on devices that are not emulated here. */
const unneeded: Readonly<Record<string, object>> = {
  click: { offsetX: 1, offsetY: 1 },
  doubleClick: { offsetX: 1, offsetY: 1 },
  setViewport: { deviceScaleFactor: 1, isMobile: false, hasTouch: false, isLandscape: false },
};

const reworded: [RegExp, (...found: string[]) => string][] = [
  [/^Step\.(\w+) is not an? (\w+)$/, (_, field, kind) => `\`${field}\` must be a ${kind}`],
  [/^Step type (.*) is not supported$/s, (_, type = '') => `\`${type.slice(0, 50)}\` is not a step of a recording`],
  [/have a type$/, () => 'the step needs a `type`'],
  [/required selectors|selectors are not an array/, () => 'the step needs `selectors`, a list with at least one'],
  [/^Selector (element )?is not/, () => 'a selector must be text, or a list of texts'],
  [/`frame` is not/, () => '`frame` must be a list of whole numbers'],
  [/^Timeout is not between/, () => '`timeout` must be 1 to 30000 milliseconds'],
];

function inWords(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  for (const [pattern, word] of reworded) {
    const found = pattern.exec(message);
    if (found) return word(...found);
  }
  return message.slice(0, 300);
}

/** The field that the sentence is about. */
const fieldIn = (message: string): string[] => /`(type|selectors|frame|timeout|\w+)`/.exec(message)?.slice(1, 2) ?? [];

function readSteps(raw: unknown[], locate: Locate, mistakes: RunbookMistake[]): RecordedStep[] {
  return raw.flatMap((step, at) => {
    try {
      const type = isMap(step) && typeof step['type'] === 'string' ? step['type'] : '';
      const whole = isMap(step) && Object.hasOwn(unneeded, type) ? { ...unneeded[type], ...step } : step;
      return [{ ...parseStep(whole, at), at }];
    } catch (error) {
      const message = inWords(error);
      const field = message.includes('not a step of a recording') ? ['type'] : fieldIn(message);
      mistakes.push(locate(['steps', at, ...field], message));
      return [];
    }
  });
}

function readFlow(data: Record<string, unknown>, locate: Locate): Read {
  const mistakes: RunbookMistake[] = [];
  const { steps } = data;
  const list: unknown[] = Array.isArray(steps) ? steps : [];
  if (!Array.isArray(steps)) mistakes.push(locate(['steps'], 'a recording needs `steps`, a list'));
  if (list.length > mostSteps)
    mistakes.push(locate(['steps'], `at most ${mostSteps} steps can be carried out, this has ${list.length}; split it`));
  let flow: { title: string; timeout?: number } = { title: '' };
  try {
    flow = parse({ ...data, steps: [] });
  } catch (error) {
    const message = inWords(error).replace(/^Recording (is missing )?/, (_, missing: unknown) =>
      missing ? 'a recording needs ' : 'the recording’s ',
    );
    mistakes.push(locate(fieldIn(message), message));
  }
  const read = readSteps(list.slice(0, mostSteps), locate, mistakes);
  const { title, timeout } = flow;
  return { recording: mistakes.length > 0 ? undefined : { title, timeout, steps: read }, mistakes, locate };
}

/** Never throws. `recording` is given exactly when there are no mistakes. */
export function readRecording(source: string): Read {
  const text = withoutSourceMap(source);
  const locate = locator(text);
  const refused = (mistake: RunbookMistake): Read => ({ recording: undefined, mistakes: [mistake], locate });
  const much = tooMuch(text);
  if (much !== undefined) return refused(atOffset(text, 0, much));
  try {
    const data: unknown = JSON.parse(text);
    if (!isMap(data)) return refused(atOffset(text, 0, 'a recording is a map with `title` and `steps`'));
    return readFlow(data, locate);
  } catch (error) {
    return refused(notJson(text, error));
  }
}
