import { expect, test } from 'vitest';
import { parseRunbook } from '../../src/language/parse-runbook.ts';

const messages = (source: string): string[] => parseRunbook(source).errors.map((e) => `${e.line}:${e.column} ${e.path}: ${e.message}`);
const scroll = 'action: {type: scroll}';

test.each([
  ['loop', `${scroll}\n    loop: {condition: x}`, '4:5 steps[0].loop'],
  ['nested steps', `${scroll}\n    steps: [{${scroll}}]`, '4:5 steps[0].steps'],
  ['branches', `${scroll}\n    branches: {}`, '4:5 steps[0].branches'],
  ['memoryOperations', `${scroll}\n    memoryOperations: []`, '4:5 steps[0].memoryOperations'],
  ['when', `${scroll}\n    when: "{{a}}"`, '4:5 steps[0].when'],
  ['probe', `${scroll}\n    probe: {}`, '4:5 steps[0].probe'],
  ['download', 'action: {type: download, downloadPath: /tmp}', '3:20 steps[0].action.type'],
  ['export', 'action: {type: export, exportCollection: c}', '3:20 steps[0].action.type'],
  ['memory', 'action: {type: memory}', '3:20 steps[0].action.type'],
  ['upload', 'action: {type: upload}', '3:20 steps[0].action.type'],
  ['assert', 'action: {type: assert, text: x}', '3:20 steps[0].action.type'],
  ['frame', 'action: {type: click, selector: {id: a, frame: [0]}}', '3:45 steps[0].action.selector.frame'],
])('%s is refused as not supported yet, once, at its line', (_what, step, where) => {
  const found = messages(`title: A\nsteps:\n  - ${step}\n`);
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(`${where}: `);
  expect(found[0]).toContain('is not supported yet by this version; remove it or ');
});

test('dataSource is refused as not supported yet', () => {
  expect(messages(`title: A\ndataSource: {mapping: {}}\nsteps: [{${scroll}}]`)).toEqual([
    expect.stringMatching(/^2:1 dataSource: .*not supported yet/),
  ]);
});

test('the short dialect gets messages that say how things are written here', () => {
  const found = messages(`name: Old
url: https://example.com
variables:
  - {name: a, source: secrets}
steps:
  - action: click
    selector: "#go"
    capture: total
    confirmationMessage: Sure?
  - action: {type: click, selector: "#go"}
`);
  expect(found).toEqual([
    expect.stringMatching(/^1:1 name: this looks like the short dialect.*`name` is called `title` here/),
    expect.stringMatching(/^2:1 url: .*metadata: \{startUrl/),
    expect.stringMatching(/^4:3 variables: .*is a map here/),
    expect.stringMatching(/^6:13 steps\[0\]\.action: .*action: \{type: "click"/),
    expect.stringMatching(/^7:5 steps\[0\]\.selector: .*belongs inside `action`/),
    expect.stringMatching(/^8:5 steps\[0\]\.capture: .*`captures` here/),
    expect.stringMatching(/^9:5 steps\[0\]\.confirmationMessage: .*`approval: \{message: "…"\}` here/),
    expect.stringMatching(/^10:37 steps\[1\]\.action\.selector: .*cssSelector: "#go"/),
  ]);
});
