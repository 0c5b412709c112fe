import { describe, expect, test } from 'vitest';
import { parseRunbook } from '../../src/language/parse-runbook.ts';

const messages = (source: string): string[] => parseRunbook(source).errors.map((e) => `${e.line}:${e.column} ${e.path}: ${e.message}`);
const warnings = (source: string): string[] => parseRunbook(source).warnings.map((e) => `${e.line}:${e.column} ${e.path}: ${e.message}`);
const scroll = 'action: {type: scroll}';
const rows = `  - action: {type: memory}
    captures: [{name: total, strategy: url}, {name: list, strategy: url}]
    memoryOperations: [{type: append, collection: rows}]
`;
const withStep = (step: string): string => `title: A\nsteps:\n${rows}  - ${step}\n`;

test('steps inside others get ids, ordinals from 0, and their place in the outline', () => {
  const { runbook, errors, steps } = parseRunbook(
    withStep(`loop: {forEach: list, itemVariable: one}
    steps:
      - ${scroll}
      - branches:
          variable: total
          cases: [{match: a, steps: [{${scroll}}]}]
          default: [{id: last, ${scroll}}]`),
  );
  expect(errors).toEqual([]);
  expect(runbook?.steps[1]?.steps?.map((s) => [s.id, s.ordinal, s.action.type])).toEqual([
    ['step-2.1', 0, 'scroll'],
    ['step-2.2', 1, 'memory'],
  ]);
  expect(steps.map((s) => [s.id, s.depth, s.line, s.container, s.branch])).toEqual([
    ['step-1', 0, 3, undefined, undefined],
    ['step-2', 0, 6, 'loop', undefined],
    ['step-2.1', 1, 8, undefined, undefined],
    ['step-2.2', 1, 9, 'branches', undefined],
    ['step-2.2.1.1', 2, 11, undefined, 'a'],
    ['last', 2, 12, undefined, null],
  ]);
  expect(steps.map((s) => s.description)).toContain('For each one in list');
});

describe('mistakes', () => {
  test.each([
    ['a loop without a kind', `loop: {}\n    steps: [{${scroll}}]`, '6:11 steps[1].loop: `loop` needs exactly one of'],
    ['a loop of both kinds', `loop: {condition: total, forEach: list}\n    steps: [{${scroll}}]`, 'this has both'],
    ['a loop without steps', 'loop: {forEach: list}', '6:5 steps[1].loop: `loop` has nothing to repeat'],
    ['an empty loop', `${scroll}\n    loop:\n    steps: [{${scroll}}]`, 'steps[1].loop: must be a map'],
    ['steps without a loop', `${scroll}\n    steps: [{${scroll}}]`, '7:5 steps[1].steps: `steps` goes with `loop`'],
    [
      'a loop and branches',
      `loop: {forEach: list}\n    branches: {variable: total, cases: [{match: a, steps: [{${scroll}}]}]}`,
      'has `loop` or `branches`, not both',
    ],
    [
      'steps beside branches',
      `steps: [{${scroll}}]\n    branches: {variable: total, cases: [{match: a, steps: [{${scroll}}]}]}`,
      'would never run',
    ],
    [
      'a question on a loop',
      `loop: {forEach: list}\n    steps: [{${scroll}}]\n    requiresConfirmation: true`,
      '8:5 steps[1].requiresConfirmation: `requiresConfirmation` cannot stand on a step with',
    ],
    [
      'an approval on a loop',
      `loop: {forEach: list}\n    steps: [{${scroll}}]\n    approval: {message: x}`,
      'ask at the steps inside, or at a step before',
    ],
    [
      'a loop without end',
      `loop: {condition: "{{ true }}"}\n    steps: [{${scroll}}]`,
      '6:23 steps[1].loop.condition: never changes, so the loop has no end',
    ],
    [
      'a condition that nothing changes',
      `loop: {condition: total}\n    steps: [{${scroll}}]`,
      'reads nothing that changes inside the loop',
    ],
    [
      'a comparison outside of braces',
      `${scroll}\n    when: "{{total}} > 3"`,
      '7:11 steps[1].when: is text that is always true, because something stands outside of the braces; write "{{ total > 3 }}"',
    ],
    ['an empty when', `${scroll}\n    when: " "`, '7:11 steps[1].when: must not be empty'],
    ['a list that nobody knows', `loop: {forEach: lisst}\n    steps: [{${scroll}}]`, '`{{lisst}}` is not a variable; did you mean `list`?'],
    ['a list written out', `loop: {forEach: "a, b"}\n    steps: [{${scroll}}]`, 'must be a variable that holds a JSON list'],
    [
      'an unknown collection',
      `loop: {forEach: "collection:rowz"}\n    steps: [{${scroll}}]`,
      'no step adds to a collection `rowz`; did you mean `rows`?',
    ],
    ['a counter of the other kind', `loop: {forEach: list, counterVariable: n}\n    steps: [{${scroll}}]`, 'counts in `indexVariable`'],
    [
      'a case that is never taken',
      `branches: {variable: total, cases: [{match: a, steps: [{${scroll}}]}, {match: a, steps: [{${scroll}}]}]}`,
      'is matched by an earlier case (line 6)',
    ],
    ['a variable of branches', `branches: {variable: totel, cases: [{match: a, steps: [{${scroll}}]}]}`, 'did you mean `total`?'],
    ['memory that does nothing', 'action: {type: memory}', '6:13 steps[1].action: `memory` does nothing by itself'],
    [
      'an append of nothing',
      `${scroll}\n    memoryOperations: [{type: append, collection: rows}]`,
      '7:24 steps[1].memoryOperations[0]: `append` adds what its step captures',
    ],
    ['an unknown source', `${scroll}\n    memoryOperations: [{type: append, collection: rows, source: totl}]`, 'did you mean `total`?'],
    [
      'a sum of rows',
      `${scroll}\n    memoryOperations: [{type: aggregate, collection: rows, operation: sum}]`,
      '`sum` needs `field`, because the items of this collection are rows; they have `total`, `list`',
    ],
    [
      'a field that no row has',
      `${scroll}\n    memoryOperations: [{type: aggregate, collection: rows, operation: sum, field: totl}]`,
      'did you mean `total`?',
    ],
    ['an unknown operation', `${scroll}\n    memoryOperations: [{type: agregate, collection: rows}]`, 'did you mean `aggregate`?'],
    ['a probe of a step that reads', `${scroll}\n    probe: {text: x}`, 'the effect of this one is `read`; remove it'],
    ['a probe of two kinds', 'action: {type: key, key: a}\n    probe: {text: x, url: y}', '`probe` takes only one of'],
    [
      'a text for a dialog that is dismissed',
      `${scroll}\n    dialog: {accept: false, text: x}`,
      '`text` answers a dialog that is accepted',
    ],
    ['an unknown answer', `${scroll}\n    dialog: ok`, '7:13 steps[1].dialog: must be `accept`, `dismiss`, or a map'],
    ['a download of two kinds', 'action: {type: download, url: /a, selector: {id: a}}', 'not both; remove one'],
    [
      'a place on the machine',
      'action: {type: download, downloadPath: /tmp/a}',
      '6:44 steps[1].action.downloadPath: must be a name, not a place on this machine',
    ],
    ['a name that leads upwards', 'action: {type: upload, selector: {id: a}, file: a/../../b}', 'must not lead upwards'],
    ['a name with line ends', 'action: {type: export, exportCollection: rows, path: "a\\nb"}', 'has control characters'],
    [
      'a format that the path denies',
      'action: {type: export, exportCollection: rows, path: a.json, format: csv}',
      'ends with .json, but `format` is csv',
    ],
    [
      'an export of nothing',
      'action: {type: export, exportCollection: nothing}',
      'no step adds to a collection `nothing`; add to it in an earlier step',
    ],
    ['an upload of nothing', 'action: {type: upload, selector: {id: a}}', '`upload` needs one of `file`'],
    ['an upload without a name', 'action: {type: upload, selector: {id: a}, content: x}', '`content` goes with `name`'],
    ['an assert of nothing', 'action: {type: assert}', '`assert` needs to know what for'],
    ['an assert of two things', 'action: {type: assert, text: a, script: b}', '`assert` takes only one of'],
    ['a modifier twice', 'action: {type: click, selector: {id: a}, modifiers: [Alt, Alt]}', 'is given twice'],
    [
      'a misplaced question',
      'action: {type: click, selector: {id: a}, requiresConfirmation: true}',
      'write it on the step, beside `action`',
    ],
    [
      'a misspelt question',
      'action: {type: click, selector: {id: a}}\n    needsApproval: true',
      'a person is asked with `requiresConfirmation: true`',
    ],
    ['an action of other tools', 'action: {type: fill, selector: {id: a}}', 'did you mean `input`?'],
    [
      'a picture that is only wished for',
      `${scroll}\n    screenshot: true`,
      '7:17 steps[1].screenshot: must be one of `always`, `change`, `failure`, `never`, this is true',
    ],
    ['an unknown time for a picture', `${scroll}\n    screenshot: allways`, 'did you mean `always`?'],
    ['a frame that is none', 'action: {type: click, selector: {id: a, frame: true}}', "must be a CSS selector of the frame's element"],
  ])('%s is refused once, with a remedy', (_what, step, words) => {
    const found = messages(withStep(step));
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(words);
  });

  test('ids differ in the whole runbook', () => {
    expect(messages(withStep(`id: a\n    loop: {forEach: list}\n    steps: [{id: a, ${scroll}}]`))).toEqual([
      expect.stringMatching(/^8:18 steps\[1\]\.steps\[0\]\.id: the id `a` is used by an earlier step \(line 6\)/),
    ]);
  });

  test('more than ten levels and more than 1,000 steps inside others are refused', () => {
    const nest = (depth: number): string =>
      depth === 0 ? scroll : `loop: {forEach: list, itemVariable: i${depth}}, steps: [{${nest(depth - 1)}}]`;
    expect(messages(withStep(`{${nest(9)}}`))).toEqual([]);
    expect(messages(withStep(`{${nest(10)}}`))).toEqual([expect.stringContaining('steps may stand 10 levels deep')]);
    const many = `{loop: {forEach: list}, steps: [${`{${scroll}}, `.repeat(999)}]}`;
    expect(messages(withStep(many))).toEqual([
      expect.stringContaining('at most 1000 steps, those inside others counted; this one has 1001'),
    ]);
  });

  test('expressions that are computed from each other name the circle', () => {
    const variables =
      '{a: {source: expression, expression: "{{ b + 1 }}"}, b: {source: expression, expression: c}, c: {source: expression, expression: "{{a}}"}}';
    expect(messages(`title: A\nvariables: ${variables}\nsteps: [{${scroll}}]`)).toEqual([
      expect.stringContaining('variables.a.expression: is computed from itself: `a` → `b` → `c` → `a`; break the circle'),
    ]);
  });

  test('the mapping names variables', () => {
    const source = `title: A\nvariables: {who: {source: data}, day: {source: prompt}}\ndataSource: {mapping: {whom: Name, day: Day}}\nsteps: [{${scroll}}]`;
    expect(messages(source)).toEqual([expect.stringMatching(/^3:24 dataSource\.mapping\.whom: .*did you mean `who`\?/)]);
    expect(warnings(source)).toEqual([expect.stringMatching(/^3:36 dataSource\.mapping\.day: .*write `source: data`/)]);
  });
});

describe('names', () => {
  const loop = (inside: string, after = ''): string =>
    withStep(`loop: {forEach: list, itemVariable: one, indexVariable: n}\n    steps:\n      - ${inside}${after}`);
  const key = (name: string): string => `action: {type: key, key: "{{${name}}}"}`;

  test('of a loop are known inside it, and not after it', () => {
    expect(messages(loop(key('one')))).toEqual([]);
    expect(messages(loop(key('n'), `\n  - ${key('one')}`))).toEqual([
      expect.stringContaining('`one` is known only inside the loop of step 2'),
    ]);
  });

  test('that a loop captures are known later in it, after it, and in its condition', () => {
    const more = `${scroll}\n        captures: [{name: more, strategy: url}]`;
    expect(messages(loop(more, `\n      - ${key('more')}\n  - ${key('more')}`))).toEqual([]);
    expect(messages(loop(key('more'), `\n      - ${more}`))).toEqual([expect.stringContaining('it is captured by step 2.2')]);
    expect(
      messages(withStep(`loop: {condition: "{{ more !== '' && page < 3 }}", counterVariable: page}\n    steps:\n      - ${more}`)),
    ).toEqual([]);
  });

  test('that one case captures are not known in another, but after them', () => {
    const branches = (second: string, after: string): string =>
      withStep(
        `branches: {variable: total, cases: [{match: a, steps: [{${scroll}, captures: [{name: got, strategy: url}]}]}, {match: b, steps: [{${second}}]}]}${after}`,
      );
    expect(messages(branches(scroll, `\n  - ${key('got')}`))).toEqual([]);
    expect(messages(branches(key('got'), ''))).toEqual([expect.stringContaining('`got` has no value yet here')]);
  });

  test('of figures are known after them', () => {
    const step = `${scroll}\n    memoryOperations: [{type: aggregate, collection: rows, operation: count}]\n  - ${key('rows_count')}`;
    expect(messages(withStep(step))).toEqual([]);
  });
});

describe('warnings', () => {
  test('name the fields that are ignored, at any depth, and the runbook runs', () => {
    const source = withStep(
      `{loop: {forEach: list, pace: 1}, steps: [{action: {type: hover, selector: {id: a, shadow: x}, timeout: 3}, colour: red}]}\nowner: me`,
    );
    const { runbook, errors } = parseRunbook(source);
    expect(errors).toEqual([]);
    expect(JSON.stringify(runbook)).not.toMatch(/pace|shadow|colour|owner/);
    expect(warnings(source)).toEqual([
      '6:28 steps[1].loop.pace: `loop` has no field `pace`: it is ignored',
      expect.stringContaining('steps[1].steps[0].action.selector.shadow: `selector` has no field `shadow`: it is ignored'),
      expect.stringContaining('`timeout`: it is ignored; it belongs to the step, beside `action`'),
      expect.stringContaining('steps[1].steps[0].colour: a step has no field `colour`: it is ignored'),
      '7:1 owner: a runbook has no field `owner`: it is ignored',
    ]);
  });

  test('say that a context variable is given at the start, that a name is overwritten, and that conditions see a blank page', () => {
    expect(warnings(`title: A\nvariables: {c: {source: context}}\nsteps: [{${scroll}}]`)).toEqual([
      expect.stringContaining('no AI reads the context here'),
    ]);
    expect(warnings(withStep(`{loop: {forEach: list}, steps: [{loop: {forEach: list}, steps: [{${scroll}}]}]}`))).toEqual([
      expect.stringContaining('`item` is also a variable of the loop around'),
    ]);
    expect(warnings(withStep(`{when: document.title, ${scroll}}`))).toEqual([expect.stringContaining('of a blank page here')]);
  });
});
