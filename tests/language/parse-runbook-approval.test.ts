import { expect, test } from 'vitest';
import { runbookJsonSchema } from '../../src/language/json-schema.ts';
import { parseRunbook } from '../../src/language/parse-runbook.ts';

const source = (fields: string): string => `title: A
variables:
  pin: {source: prompt, sensitive: true}
steps:
  - description: Open
    action: {type: navigate, url: "http://a.test"}
    captures: [{name: total, strategy: url}]
  - id: pay
    action: {type: click, selector: {innerText: Pay}}
    ${fields}
    captures: [{name: receipt, strategy: url}]
`;
const messages = (fields: string): string[] =>
  parseRunbook(source(fields)).errors.map((e) => `${e.line}:${e.column} ${e.path}: ${e.message}`);
const stepOf = (fields: string) => parseRunbook(source(fields)).runbook?.steps[1];

test('a step may ask a person, with and without saying more', () => {
  expect(messages('requiresConfirmation: true')).toEqual([]);
  expect(stepOf('requiresConfirmation: true')).toMatchObject({ requiresConfirmation: true });
  const approval = { message: 'Pay {{total}} with {{pin}}?', timeout: '30m', onTimeout: 'cancel', changingParameters: ['token'] };
  expect(stepOf(`approval: ${JSON.stringify(approval)}`)).toMatchObject({ approval });
  expect(stepOf('approval: {}')).toMatchObject({ approval: {} });
  expect(messages('requiresConfirmation: true\n    approval: {message: "Sure?"}')).toEqual([]);
});

test.each(['1000', '1s', '90s', '15m', '2h', '3d', '30d', '2592000000', '1000ms'])('%s is a time to wait for an answer', (timeout) => {
  expect(messages(`approval: {timeout: ${timeout}}`)).toEqual([]);
});

test.each([
  ['soon', 'must be a number with a unit as in `30s`, `15m`, `2h` or `3d`, or milliseconds; a second to 30 days'],
  ['1.5h', 'must be a number with a unit'],
  ['30 m', 'must be a number with a unit'],
  ['0m', 'must be a number with a unit'],
  ['-5', 'is shorter than a second'],
  ['true', 'must be a number with a unit'],
  ['[30m]', 'must be a number with a unit'],
  ['{m: 30}', 'must be a number with a unit'],
  ['1500.5', 'must be a number with a unit'],
  ['30', 'is shorter than a second, which nobody can answer in; write a number with a unit'],
  ['500ms', 'is shorter than a second'],
  ['31d', 'is longer than 30 days; write `30d`, or leave `timeout` out'],
  ['2592000001', 'is longer than 30 days'],
])('the timeout %s is refused, once, at its place', (timeout, words) => {
  const found = messages(`approval: {timeout: ${timeout}}`);
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(`10:25 steps[1].approval.timeout: ${words}`);
});

test.each([
  ['approval: {by: ama}', '10:16 steps[1].approval.by: who may approve cannot be checked, because there are no accounts yet; remove `by`'],
  ['approval: {mesage: Sure}', '10:16 steps[1].approval.mesage: `approval` has no field `mesage`; did you mean `message`?'],
  [
    'approval: {role: boss}',
    '10:16 steps[1].approval.role: `approval` has no field `role`; allowed are `message`, `timeout`, `onTimeout`, `changingParameters`',
  ],
  ['approval: {timeout: 1m, onTimeout: approve}', '10:40 steps[1].approval.onTimeout: nobody has approved when the time is over'],
  [
    'approval: {timeout: 1m, onTimeout: fail}',
    '10:40 steps[1].approval.onTimeout: `fail` is not known here; allowed are `reject`, `cancel`',
  ],
  ['approval: {onTimeout: reject}', '10:16 steps[1].approval.onTimeout: `onTimeout` goes with `timeout`'],
  ['approval: {message: ""}', '10:25 steps[1].approval.message: must not be empty'],
  ['approval: {message: 7}', '10:25 steps[1].approval.message: must be text, and YAML reads this as number; put it in quotes: "7"'],
  ['approval: {changingParameters: token}', '10:36 steps[1].approval.changingParameters: must be a list'],
  ['approval: {changingParameters: [""]}', '10:37 steps[1].approval.changingParameters[0]: must not be empty'],
  ['approval: true', '10:15 steps[1].approval: write `requiresConfirmation: true` to ask a person without more'],
  ['approval: Really?', '10:15 steps[1].approval: write the message as `approval: {message: "…"}`'],
  ['approval:', 'steps[1].approval: is empty; write `requiresConfirmation: true`'],
  ['approval: [a]', '10:15 steps[1].approval: must be a map'],
  ['requiresConfirmation:', 'steps[1].requiresConfirmation: must be true or false, this is empty'],
  ['requiresConfirmation: "true"', '10:27 steps[1].requiresConfirmation: must be true or false; write it without quotes'],
])('%s is refused, once, with a remedy', (fields, words) => {
  const found = messages(fields);
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(words);
});

test('a message of more than 500 characters is refused', () => {
  expect(messages(`approval: {message: ${'x'.repeat(501)}}`)).toEqual([expect.stringContaining('must have at most 500 characters')]);
});

test('asking and not asking at once is refused', () => {
  expect(messages('requiresConfirmation: false\n    approval: {message: Sure}')).toEqual([
    expect.stringMatching(/^10:27 steps\[1\]\.requiresConfirmation: `approval` asks a person before the step.*remove one of them$/),
  ]);
});

test('the message knows what is known before the step, and nothing else', () => {
  expect(messages('approval: {message: "{{totel}}"}')).toEqual([
    expect.stringMatching(/^10:25 steps\[1\]\.approval\.message: `\{\{totel\}\}` is not a variable; did you mean `total`\?/),
  ]);
  expect(messages('approval: {message: "{{receipt}}"}')).toEqual([expect.stringContaining('`receipt` has no value yet here')]);
  expect(messages('approval: {message: "{{ total.length + pin }}"}')).toEqual([]);
});

test('the JSON Schema has both ways of asking', () => {
  const schema = JSON.stringify(runbookJsonSchema());
  expect(schema).toContain('"requiresConfirmation":{"type":"boolean"');
  expect(schema).toContain('"onTimeout":{"type":"string","enum":["reject","cancel"]');
});
