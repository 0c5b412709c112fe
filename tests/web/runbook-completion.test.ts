import { describe, expect, test } from 'vitest';
import { runbookJsonSchema } from '../../src/language/json-schema.ts';
import { completionsAt } from '../../web/src/components/runbook/source/complete.ts';
import { helpAt } from '../../web/src/components/runbook/source/help.ts';
import type { JsonSchema } from '../../web/src/components/runbook/source/json-schema.ts';

const schema = runbookJsonSchema() as JsonSchema;

/** `|` is the cursor. */
function at(marked: string) {
  const cursor = marked.indexOf('|');
  const text = marked.slice(0, cursor) + marked.slice(cursor + 1);
  return { text, found: completionsAt(schema, text, cursor) };
}
const labels = (marked: string): string[] => at(marked).found?.options.map((option) => option.label) ?? [];
/** The text after an option is taken. */
function taken(marked: string, label: string): string {
  const { text, found } = at(marked);
  const option = found?.options.find((one) => one.label === label);
  if (!found || !option) throw new Error(`no ${label} among ${labels(marked).join(', ')}`);
  return text.slice(0, found.from) + option.insert + text.slice(found.to);
}

const selectorFields =
  'id ariaLabel dataTestId dataAttributes cssSelector xPath labelText innerText placeholder name rect tagName role inputType frame'.split(
    ' ',
  );

describe('keys', () => {
  test('an empty text offers the top of a runbook, what is needed first', () => {
    const top = labels('|');
    expect(top.slice(0, 2).sort()).toEqual(['steps', 'title']);
    expect(top).toEqual(expect.arrayContaining(['settings', 'variables', 'metadata', 'dataSource', 'notes', 'context']));
  });
  test('what is written already is not offered again, above and below the cursor', () => {
    const offered = labels('title: A\n|\nsteps:\n  - id: a\n');
    expect(offered).toContain('settings');
    expect(offered).not.toContain('title');
    expect(offered).not.toContain('steps');
  });
  test('a blank line offers the keys of the mapping at its column', () => {
    const text = 'title: A\nsteps:\n  - description: Press\n    action:\n      type: click\n';
    expect(labels(`${text}      |\n`)).toEqual(['selector', 'button', 'count', 'modifiers']);
    expect(labels(`${text}    |\n`)).toEqual(expect.arrayContaining(['captures', 'when', 'loop', 'branches', 'steps', 'dialog']));
    expect(labels(`${text}    |\n`)).not.toContain('action');
    expect(labels(`${text}|\n`)).toContain('variables');
  });
  test('the fields of an action follow its type, before and behind the cursor', () => {
    expect(labels('steps:\n  - action:\n      |\n      type: navigate\n')).toEqual(['url']);
    expect(labels('steps:\n  - action:\n      type: export\n      f|\n')).toEqual(['exportCollection', 'format', 'path']);
    expect(labels('steps:\n  - action: { type: extract, | }')).toEqual(['script']);
  });
  test('without a type only the type is offered', () => {
    expect(labels('steps:\n  - action:\n      |')).toEqual(['type']);
    expect(labels('steps:\n  - action: { | }')).toEqual(['type']);
    expect(labels('steps:\n  - memoryOperations:\n      - |')).toEqual(['type']);
  });
  test('selector fields, in blocks, in brackets and over several lines', () => {
    expect(labels('steps:\n  - action:\n      type: click\n      selector:\n        |')).toEqual(selectorFields);
    expect(labels('steps:\n  - action: { type: click, selector: { id: a, |')).toEqual(selectorFields.slice(1));
    expect(labels('steps:\n  - action: {\n      type: click,\n      selector: {\n        |\n      }\n    }\n')).toEqual(selectorFields);
    expect(labels('steps:\n  - action: { type: click, selector: { rect: { x: 1, |')).toEqual(['y', 'width', 'height']);
  });
  test('captures, loops, branches and their inner steps', () => {
    expect(labels('steps:\n  - captures:\n      - |')).toEqual([
      'name',
      'strategy',
      'description',
      'required',
      'pattern',
      'group',
      'expression',
    ]);
    expect(labels('steps:\n  - loop:\n      forEach: x\n      i|')).toEqual([
      'condition',
      'itemVariable',
      'indexVariable',
      'counterVariable',
      'maxIterations',
    ]);
    expect(labels('steps:\n  - branches:\n      variable: x\n      cases:\n        - match: a\n          |')).toEqual(['steps']);
    expect(labels('steps:\n  - steps:\n      - branches:\n          default:\n            - action: { type: wait, |')).toContain(
      'duration',
    );
  });
  test('a list may stand at the column of its key', () => {
    expect(labels('steps:\n- action:\n    type: hover\n    |')).toEqual(['selector']);
    expect(labels('steps:\n- action: { type: key, key: a }\n  |')).toContain('captures');
  });
  test('what is not closed does not hide the rest', () => {
    const text = 'steps:\n  - action: { type: click, |\n  - action: { type: navigate, url: / }\n';
    expect(labels(text)).toContain('selector');
    expect(labels('steps:\n  - description: "never closed\n  - action: { type: navigate, | }\n')).toEqual(['url']);
  });
  test('fields of a declared variable, and settings', () => {
    expect(labels('variables:\n  month:\n    |')).toEqual(
      expect.arrayContaining(['source', 'description', 'required', 'sensitive', 'value', 'envKey']),
    );
    expect(labels('settings: { viewport: { | } }')).toEqual(['width', 'height']);
  });
  test('nothing is offered in comments, in text, and below a key nobody knows', () => {
    expect(labels('# |')).toEqual([]);
    expect(labels('title: Pay | now')).toEqual([]);
    expect(labels('steps:\n  - action:\n      type: extract\n      script: >\n        const x = |')).toEqual([]);
    expect(labels('nobody:\n  |')).toEqual([]);
  });
});

describe('values', () => {
  test('all kinds of action, also when one is written already', () => {
    const all = labels('steps:\n  - action: { type: | }');
    expect(all).toHaveLength(14);
    expect(all).toEqual(expect.arrayContaining(['navigate', 'upload', 'assert', 'memory']));
    expect(labels('steps:\n  - action:\n      type: cli|ck\n      selector: { id: a }')).toHaveLength(14);
  });
  test('enumerations and booleans, at every depth', () => {
    expect(labels('variables:\n  a: { source: |')).toEqual(['prompt', 'fixed', 'env', 'expression', 'data', 'context']);
    expect(labels('settings:\n  stopOnError: |')).toEqual(['true', 'false']);
    expect(labels('steps:\n  - memoryOperations:\n      - type: aggregate\n        operation: |')).toContain('unique_count');
    expect(labels('steps:\n  - dialog: |')).toEqual(['accept', 'dismiss']);
    expect(labels('steps:\n  - action: { type: click, modifiers: [Alt, |] }')).toContain('Shift');
    expect(labels('steps:\n  - riskLevel: "h|"')).toContain('high');
  });
});

describe('what is written', () => {
  test('a key comes with what its value begins with', () => {
    expect(taken('ti|', 'title')).toBe('title: ');
    expect(taken('|', 'steps')).toBe('steps:\n  - ');
    expect(taken('steps:\n  - act|', 'action')).toBe('steps:\n  - action:\n      ');
    expect(taken('steps:\n  - action: { type: click, se| }', 'selector')).toBe('steps:\n  - action: { type: click, selector: {  }');
  });
  test('a key that has its colon only changes its name', () => {
    expect(taken('steps:\n  - action:\n      type: click\n      sel|: { id: a }\n', 'selector')).toBe(
      'steps:\n  - action:\n      type: click\n      selector: { id: a }\n',
    );
  });
  test('an option says what it is for and what it may be', () => {
    const option = at('steps:\n  - re|').found?.options.find((one) => one.label === 'retries');
    expect(option?.about).toContain('whole number, 0 to 10');
  });
});

describe('names of values', () => {
  const text = `variables:
  month: { source: prompt, description: As 2026-11 }
  pin: { source: prompt, sensitive: true }
steps:
  - description: Read the list
    action: { type: extract, script: read() }
    captures:
      - { name: invoices, strategy: expression, expression: "{{__extracted}}" }
  - description: Each
    loop: { forEach: "{{invoices}}", indexVariable: at }
    memoryOperations:
      - { type: aggregate, collection: paid, operation: sum }
    steps:
      - memoryOperations:
          - type: append
            collection: paid
      - action: { type: input, selector: { id: a }, value: "`;
  test('declared, captured, of the loop and worked out', () => {
    expect(labels(`${text}{{|`)).toEqual(['month', 'pin', 'invoices', 'item', 'at', 'paid_sum', '__extracted']);
    expect(at(`${text}{{|`).found?.options.find((one) => one.label === 'invoices')).toMatchObject({
      detail: 'captured',
      about: 'Step: Read the list',
    });
  });
  test('the braces are closed unless they are', () => {
    expect(taken(`${text}{{ inv|`, 'invoices')).toBe(`${text}{{ invoices}}`);
    expect(taken(`${text}{{inv|}}" }`, 'invoices')).toBe(`${text}{{invoices}}" }`);
  });
  test('no names after a dot, in a string, and behind the braces', () => {
    expect(labels(`${text}{{ item.|`)).toEqual([]);
    expect(labels(`${text}{{ '|`)).toEqual([]);
    expect(labels(`${text}{{a}}|`)).toEqual([]);
  });
  test('names stand bare in conditions and where a name is meant', () => {
    expect(labels(`${text}" }\n  - when: inv|`)).toContain('invoices');
    expect(labels(`${text}" }\n  - branches: { variable: |`)).toContain('month');
    expect(labels(`${text}" }\n  - action: { type: export, exportCollection: |`)).toEqual(['paid']);
    expect(labels('variables:\n  a: { source: data }\n  b: { source: prompt }\ndataSource:\n  mapping:\n    x: y\n    |')).toEqual(['a']);
  });
});

test('every prefix of a text that is no YAML at all is answered', () => {
  const text =
    'title: "A\nvariables: { a: { source: [prompt, {{\n- - b\n  - c: |\n   d\n e: \'f\nsteps:\n  - action: { type: click, selector: [ }\n\t- x\n';
  for (let end = 0; end <= text.length; end += 1) expect(() => completionsAt(schema, text.slice(0, end), end >> 1)).not.toThrow();
  expect(() => completionsAt(schema, text, text.length)).not.toThrow();
});

describe('help on a key', () => {
  const text = 'steps:\n  - id: a\n    action: { type: click, selector: { id: x }, button: left }\n';
  const help = (word: string) => helpAt(schema, text, text.indexOf(word) + 1);
  test('says what it is for and what it may be, by the place where it stands', () => {
    expect(help('button')).toMatchObject({ key: 'button', kind: 'one of left, right, middle' });
    expect(help('type')?.kind).toContain('click');
    expect(help('selector')?.kind).toBe('a mapping');
  });
  test('is silent beside keys, and for keys that nobody knows', () => {
    expect(help('click')).toBeNull();
    expect(helpAt(schema, 'nobody: 1', 2)).toBeNull();
  });
  test('what the schema says wins', () => {
    const own: JsonSchema = { type: 'object', properties: { title: { type: 'string', description: 'Said by the schema' } } };
    expect(helpAt(own, 'title: x', 2)?.about).toBe('Said by the schema');
  });
});
