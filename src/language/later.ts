/**
 * What belongs to a later version, to AI, or to the short dialect: each gets its own message, so that nothing is silently ignored.
 */
import { explainApproval } from './approval-rules.ts';
import type { Mistakes, Path } from './mistakes.ts';
import { asList, asMap, asText, has, isMap, type RawMap } from './raw.ts';

const later = (what: string, instead: string): string => `${what} is not supported yet by this version; remove it or ${instead}`;

const laterInStep: Record<string, string> = {
  loop: later('`loop`', 'write the steps out'),
  steps: later('nesting `steps` in a step', 'move them to the list of steps'),
  branches: later('`branches`', 'write one runbook per case'),
  memoryOperations: later('`memoryOperations`', 'capture the value into a variable'),
  when: later('`when`', 'let the step run always'),
  probe: later('`probe`', 'set `effect` to say what repeating the step would mean'),
  screenshot: later('`screenshot` on a step', 'use the pictures that every job takes'),
};

const laterActions: Record<string, string> = {
  download: later('the action `download`', 'click the link and capture its address'),
  export: later('the action `export`', 'capture the values: the job shows them'),
  memory: later('the action `memory`', 'capture the value into a variable'),
  upload: later('the action `upload`', 'do this part by hand'),
  assert: later('the action `assert`', 'use `wait` with `text` or `selector`, or a capture with `required: true`'),
};

const dialect = (message: string): string => `this looks like the short dialect, which is not translated yet: ${message}`;

const laterSources: Record<string, string> = {
  data: later('the source `data`', 'use `prompt` and start one job per row'),
  context: '`context` variables are read by AI, and no AI is used here; use `prompt` (asked when the job starts) or `fixed`',
  secrets: dialect('`secrets` is not a source here; use `source: prompt` with `sensitive: true`'),
};

const stepDialect: Record<string, string> = {
  name: '`name` is called `description` here',
  selector: 'on a step, `selector` belongs inside `action`, as in `action: {type: click, selector: {cssSelector: "…"}}`',
  value: '`value` belongs inside `action`, as in `action: {type: input, selector: {…}, value: "…"}`',
  capture: '`capture` is called `captures` here, a list as in `captures: [{name: total, strategy: evaluate, expression: "…"}]`',
  confirmationMessage: 'a question to a person is written `approval: {message: "…"}` here',
};

function explainValue(path: Path, message: string, mistakes: Mistakes): void {
  mistakes.add(path, message);
  mistakes.settle(path);
}

function explainKey(path: Path, message: string, mistakes: Mistakes): void {
  mistakes.add(path, message, 'key');
  mistakes.settle(path);
}

type Words = { of: RawMap; at: Path; messages: Record<string, string> };

function explainKeys({ of, at, messages }: Words, mistakes: Mistakes): void {
  for (const [key, message] of Object.entries(messages)) if (has(of, key)) explainKey([...at, key], message, mistakes);
}

function explainSelector(action: RawMap, path: Path, mistakes: Mistakes): void {
  const selector = action['selector'];
  if (typeof selector === 'string') {
    const css = JSON.stringify(selector.slice(0, 100));
    explainValue([...path, 'selector'], dialect(`write the CSS selector as \`selector: {cssSelector: ${css}}\``), mistakes);
  }
  if (isMap(selector)) {
    const frame = later('`frame` in a selector', 'open the address of the frame with `navigate`');
    explainKeys({ of: selector, at: [...path, 'selector'], messages: { frame } }, mistakes);
  }
}

function explainAction(step: RawMap, path: Path, mistakes: Mistakes): void {
  const action = step['action'];
  if (typeof action === 'string') {
    const type = JSON.stringify(action.slice(0, 40));
    explainValue([...path, 'action'], dialect(`write \`action: {type: ${type}, …}\` with the action's fields inside`), mistakes);
    for (const [key, message] of Object.entries(stepDialect)) if (has(step, key)) explainKey([...path, key], dialect(message), mistakes);
  } else if (isMap(action)) {
    const message = laterActions[asText(action['type']) ?? ''];
    if (message) {
      mistakes.add([...path, 'action', 'type'], message);
      mistakes.settle([...path, 'action']);
    } else explainSelector(action, [...path, 'action'], mistakes);
  }
}

function explainCapture(capture: RawMap, path: Path, mistakes: Mistakes): void {
  if (capture['strategy'] !== 'ai') return;
  mistakes.add(
    [...path, 'strategy'],
    'no AI is used here, so the strategy `ai` cannot work; use `snapshot` with a `pattern`, or `evaluate` with JavaScript in `expression`',
  );
  mistakes.settle(path);
}

function explainStep(step: RawMap, path: Path, mistakes: Mistakes): void {
  explainKeys({ of: step, at: path, messages: laterInStep }, mistakes);
  explainApproval(step, path, mistakes);
  explainAction(step, path, mistakes);
  asList(step['captures']).forEach((capture, index) => explainCapture(asMap(capture), [...path, 'captures', index], mistakes));
}

function explainTop(root: RawMap, mistakes: Mistakes): void {
  const dataSource = later('`dataSource` (one job per row of a file)', 'use `prompt` variables and start one job per row');
  explainKeys({ of: root, at: [], messages: { dataSource } }, mistakes);
  if (has(root, 'name')) {
    explainKey(['name'], dialect('`name` is called `title` here'), mistakes);
    if (!has(root, 'title')) mistakes.settle(['title']);
  }
  if (has(root, 'url')) explainKey(['url'], dialect('write the top-level `url` as `metadata: {startUrl: "…"}`'), mistakes);
  if (Array.isArray(root['variables'])) {
    explainValue(['variables'], dialect('`variables` is a map here, as in `variables: {invoice: {source: prompt}}`'), mistakes);
  }
}

/** What it finds is settled: nothing more is said about it. */
export function explainLater(root: RawMap, mistakes: Mistakes): void {
  explainTop(root, mistakes);
  for (const [name, variable] of Object.entries(asMap(root['variables']))) {
    const message = laterSources[asText(asMap(variable)['source']) ?? ''];
    if (message) explainValue(['variables', name, 'source'], message, mistakes);
  }
  asList(root['steps']).forEach((step, index) => explainStep(asMap(step), ['steps', index], mistakes));
}
