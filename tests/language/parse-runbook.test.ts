import { describe, expect, test } from 'vitest';
import { parseRunbook } from '../../src/language/parse-runbook.ts';

const messages = (source: string): string[] => parseRunbook(source).errors.map((e) => `${e.line}:${e.column} ${e.path}: ${e.message}`);
const step = (action: string, more = ''): string => `title: A\nsteps:\n  - action: ${action}\n${more}`;

describe('a valid runbook', () => {
  test('gets ids, ordinals, descriptions and settings where it has none', () => {
    const { runbook, errors, steps } = parseRunbook(`title: Short
steps:
  - action: {type: click, selector: {labelText: Log in}}
  - id: mine
    ordinal: 7
    description: Given
    url: https://example.com/seen
    riskLevel: medium
    requiresConfirmation: false
    action: {type: wait, duration: 10}
  - action: {type: input, selector: {name: password}, value: hunter2}
`);
    expect(errors).toEqual([]);
    expect(runbook?.settings).toEqual({ defaultTimeout: 10_000, pauseBetweenSteps: 500, stopOnError: true });
    expect(runbook?.steps.map((s) => [s.id, s.ordinal, s.description])).toEqual([
      ['step-1', 0, 'Click “Log in”'],
      ['mine', 7, 'Given'],
      ['step-3', 2, 'Fill in “password”'],
    ]);
    expect(runbook?.steps[1]).toMatchObject({ url: 'https://example.com/seen', riskLevel: 'medium' });
    expect(steps.map((s) => [s.id, s.action, s.line])).toEqual([
      ['step-1', 'click', 3],
      ['mine', 'wait', 4],
      ['step-3', 'input', 11],
    ]);
  });

  test('keeps generated metadata, notes, context and summary', () => {
    const { runbook, errors } = parseRunbook(`title: Full
naturalLanguageSummary: It does things.
settings: {baseUrl: "https://example.com", defaultTimeout: 5000, pauseBetweenSteps: 0, stopOnError: false}
metadata: {startUrl: /in, goal: g, goalAchieved: true, totalSteps: 1, generatedAt: 2026-01-02T03:04:05Z, skills: [a]}
notes: n
context: "# c"
steps: [{action: {type: scroll}}]
`);
    expect(errors).toEqual([]);
    expect(runbook).toMatchObject({
      notes: 'n',
      context: '# c',
      naturalLanguageSummary: 'It does things.',
      metadata: { skills: ['a'], generatedAt: '2026-01-02T03:04:05Z' },
    });
  });

  test('never gives a made id that another step has', () => {
    const { runbook } = parseRunbook('title: A\nsteps:\n  - action: {type: scroll}\n  - id: step-1\n    action: {type: scroll}\n');
    expect(runbook?.steps.map((s) => s.id)).toEqual(['step-1-2', 'step-1']);
  });

  test('may have a byte order mark, CRLF, anchors and merges', () => {
    const source =
      '\ufefftitle: A\r\nsteps:\r\n  - action: &go {type: navigate, url: /a}\r\n  - action: {<<: *go, url: /b}\r\n  - action: *go\r\n';
    const { runbook, errors } = parseRunbook(source);
    expect(errors).toEqual([]);
    expect(runbook?.steps.map((s) => (s.action.type === 'navigate' ? s.action.url : ''))).toEqual(['/a', '/b', '/a']);
  });

  test('reads variables and captures of earlier steps, spaces or not', () => {
    const source = `title: A
variables: {q: {source: prompt}, now: {source: expression, expression: "{{ Date.now() }} {{q}}"}, day: {source: expression, expression: new Date(now).getDay()}}
steps:
  - action: {type: extract, script: "({a: {b: {{q}}}})"}
    captures: [{name: total, strategy: expression, expression: JSON.parse(__extracted).total, pattern: '(\\d+)'}]
  - action: {type: input, selector: {id: "{{ q }}"}, value: "{{total}} {{ now.slice(0, 3) + q }} {{ [1].map((x) => x * 2) }}"}
`;
    expect(messages(source)).toEqual([]);
  });
});

describe('mistakes', () => {
  test('come all at once, in the order of the text, each where it stands', () => {
    const source = `title: 12
settings: {stopOnErr: true, defaultTimeout: "10"}
steps:
  - action: {type: clik, selector: {id: a}}
  - action: {type: click}
  - id: x
    action: {type: input, selector: {id: a}, value: 42}
  - id: x
    action: {type: hover, selector: {id: a}, wait: 3}
`;
    expect(messages(source)).toEqual([
      '1:8 title: must be text, and YAML reads this as number; put it in quotes: "12"',
      '2:12 settings.stopOnErr: `settings` has no field `stopOnErr`; did you mean `stopOnError`?',
      '2:45 settings.defaultTimeout: must be a number; write it without quotes',
      '4:20 steps[0].action.type: `clik` is not known here; did you mean `click`?',
      '5:13 steps[1].action: `selector` is missing; the action `click` needs it',
      '7:53 steps[2].action.value: must be text, and YAML reads this as number; put it in quotes: "42"',
      '8:9 steps[3].id: the id `x` is used by an earlier step (line 6); ids must differ in the whole runbook',
    ]);
  });

  test('of the syntax come with those of the shape before them, and without those they cause', () => {
    const found = messages('title: A\nstesp: 1\nsteps:\n  - action: {type: wait, duration: 1}\n bad: x\n');
    expect(found).toEqual([
      expect.stringMatching(/^2:1 stesp: a runbook has no field `stesp`; it looks like `steps`, which is given already/),
      expect.stringMatching(/^5:1 : this line is not indented/),
    ]);
  });

  test.each([
    ['nothing', '', '1:1 : the runbook is empty'],
    ['only a comment', '# x\n', '1:1 : the runbook is empty'],
    ['a list', '- a', '1:1 : a runbook is a map'],
    ['text', 'hello', '1:1 : a runbook is a map'],
    ['a tab', 'title: a\nsteps:\n\t- a: 1', '3:1 : tabs cannot be used to indent'],
    ['a second document', 'title: a\n---\nb: 1', '2:1 : a second YAML document'],
    ['a colon in text', 'title: a: b\n', '1:8 : nested mappings cannot stand on one line; if the text contains `: `, put it in quotes'],
    [
      'a duplicate key',
      'title: a\ntitle: b\nsteps: [{action: {type: scroll}}]',
      '2:1 title: `title` is given twice here (first on line 1)',
    ],
    [
      'a prototype key',
      'title: a\n__proto__: {a: 1}\nsteps: [{action: {type: scroll}}]',
      '2:1 __proto__: `__proto__` cannot be used as a name',
    ],
    [
      'a prototype key as a variable',
      'title: a\nvariables: {constructor: {source: prompt}}\nsteps: [{action: {type: scroll}}]',
      '2:13 variables.constructor: `constructor` cannot be used',
    ],
    ['a tag', 'title: !!js/function a\nsteps: [{action: {type: scroll}}]', '1:22 title: YAML tags'],
    [
      'a template without quotes',
      step('{type: navigate, url: {{x}}}'),
      '3:36 steps[0].action.url: a value that begins with `{{` must be in quotes',
    ],
    ['an unknown alias', 'title: *a\nsteps: [{action: {type: scroll}}]', '1:8 '],
    ['no steps', 'title: a\nsteps: []', '2:8 steps: must not be an empty list'],
  ])('%s is refused with a remedy', (_what, source, expected) => {
    const [first, ...others] = messages(source);
    expect(first).toContain(expected);
    expect(others).toEqual([]);
  });

  test.each([
    ['wait without a condition', '{type: wait}', 'needs to know what for'],
    ['wait with two', '{type: wait, duration: 1, text: x}', 'takes only one of'],
    ['wait with a state alone', '{type: wait, text: x, state: visible}', '`state` goes with `selector`'],
    ['select without a choice', '{type: select, selector: {id: a}}', '`select` needs `value`'],
    ['scroll with two', '{type: scroll, to: top, by: 3}', '`scroll` takes only one of'],
    ['a selector that only filters', '{type: click, selector: {tagName: button}}', 'finds nothing'],
    ['an empty selector', '{type: click, selector: {}}', 'finds nothing'],
    ['an empty selector field', '{type: click, selector: {id: ""}}', 'must not be empty'],
    ['an empty script', '{type: extract, script: " "}', 'must not be empty'],
    ['a javascript address', '{type: navigate, url: "javascript:alert(1)"}', '`javascript:` addresses are not opened'],
    ['a disguised one', '{type: navigate, url: " java\\nscript:alert(1)"}', '`javascript:` addresses are not opened'],
    ['a file', '{type: navigate, url: "file:///etc/passwd"}', '`file:` addresses are not opened'],
    ['a data address', '{type: navigate, url: "data:text/html,x"}', '`data:` addresses are not opened'],
    ['a page of the browser', '{type: navigate, url: "chrome://settings"}', '`chrome:` addresses are not opened'],
    ['an address without scheme', '{type: navigate, url: "localhost:3000/x"}', 'begins with http://'],
    ['a broken address', '{type: navigate, url: "http://a b/"}', 'is not a valid address'],
    ['an unknown variable', '{type: key, key: "{{nmae}}"}', '`{{nmae}}` is not a variable; did you mean `name`?'],
    ['an unknown variable in an expression', '{type: key, key: "{{ nmae.trim() }}"}', 'did you mean `name`?'],
    ['an empty template', '{type: key, key: "a{{ }}"}', '`{{ }}` is empty'],
    ['an open template', '{type: key, key: "a{{ name"}', 'never closed'],
  ])('%s is refused', (_what, action, expected) => {
    const found = messages(step(action, 'variables: {name: {source: prompt}}\n'));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^3:\d+ steps\[0\]\.action/);
    expect(found[0]).toContain(expected);
  });

  test.each([
    '/relative',
    'page?x=1',
    '{{name}}',
    '{{name}}/x',
    'HTTPS://EXAMPLE.com',
    'http://[::1]:80/',
    'https://{{name}}.example.com/',
    '//example.com/x',
    '?page=a:b',
  ])('the address %s is accepted', (url) => {
    expect(messages(step(`{type: navigate, url: ${JSON.stringify(url)}}`, 'variables: {name: {source: prompt}}\n'))).toEqual([]);
  });

  test.each([
    ['{name: a, strategy: snapshot}', 'needs `pattern`'],
    ['{name: a, strategy: evaluate}', 'needs `expression`'],
    ['{name: a, strategy: expression}', 'needs `expression`'],
    ['{name: a, strategy: expression, expression: other + 1}', '`{{other}}` is not a variable'],
    ['{name: a, strategy: evaluate, expression: "f(\'{{other}}\')"}', '`{{other}}` is not a variable'],
    ['{name: a, strategy: url, pattern: "("}', 'is not a valid regular expression (Unterminated group)'],
    ['{name: a, strategy: url, pattern: "(?<year>a)([(])(?:b)(?=c)\\\\(", group: 3}', 'the pattern has 2 groups'],
    ['{name: a, strategy: url, group: 1}', '`group` goes with `pattern`'],
    ['{name: a, strategy: url, expression: "1"}', 'is not used by the strategy `url`'],
    ['{name: 1a, strategy: url}', 'must be a name'],
    ['{name: a, strategy: ai, prompt: what}', 'no AI is used here'],
    ['{name: a, strategy: magic}', 'is not known here'],
  ])('the capture %s is refused', (capture, expected) => {
    const found = messages(`title: A\nsteps:\n  - action: {type: scroll}\n    captures: [${capture}]\n`);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^4:\d+ steps\[0\]\.captures\[0\]/);
    expect(found[0]).toContain(expected);
  });

  test.each([
    ['{source: fixed}', 'needs `value`'],
    ['{source: env}', 'needs `envKey`'],
    ['{source: expression}', 'needs `expression`'],
    ['{source: prompt, value: x}', 'only used with `source: fixed`'],
    ['{source: expression, expression: nobody.length}', '`{{nobody}}` is not a variable'],
    ['{source: expression, expression: "{{ }}"}', '`{{ }}` is empty'],
    ['{source: expression, expression: "{{later}}"}', 'is captured by step 1'],
    ['{source: expression, expression: "{{v}}"}', 'is computed from itself: `v` → `v`; break the circle'],
    ['{source: data, value: x}', 'only used with `source: fixed`'],
    ['{source: secret}', '`secret` is not known here'],
    ['{}', '`source` is missing'],
  ])('the variable %s is refused', (variable, expected) => {
    const found = messages(
      `title: A\nvariables: {v: ${variable}}\nsteps:\n  - action: {type: scroll}\n    captures: [{name: later, strategy: url}]\n`,
    );
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^2:\d+ variables\.v/);
    expect(found[0]).toContain(expected);
  });

  test('a value that is only captured later is named with its step', () => {
    const found = messages(
      'title: A\nsteps:\n  - action: {type: key, key: "{{x}}"}\n  - action: {type: scroll}\n    captures: [{name: x, strategy: url}]\n',
    );
    expect(found).toEqual([expect.stringContaining('it is captured by step 2, so use it in a later step')]);
  });
});
