import { expect, test } from 'vitest';
import type { OutlineStep } from '../../src/contract/library.ts';
import { problemFrom, problemsInWords, problemsOf, type Problem } from '../../web/src/components/runbook/problems.ts';
import { outlineRows, valueRows } from '../../web/src/components/runbook/source/outline.ts';
import { parseYamlTree } from '../../web/src/components/runbook/source/yaml-tree.ts';

const text = `title: A
variables:
  kind: { source: prompt, required: false }
  pin: { source: prompt, sensitive: true }
steps:
  - id: open
    action: { type: navigate, url: / }
    captures: [{ name: total, strategy: url }]
  - id: choose
    branches:
      variable: kind
      cases:
        - match: new
          steps:
            - id: a
              requiresConfirmation: true
              action: { type: memory }
            - id: b
              action: { type: memory }
        - match: old
          steps:
            - id: c
              action: { type: memory }
      default:
        - id: d
          action: { type: memory }
  - id: pay
    approval: { message: Pay? }
    action: { type: memory }
notes: Below
`;
const tree = parseYamlTree(text);
const step = (id: string, line: number, more: Partial<OutlineStep> = {}): OutlineStep => ({
  ...{ id, line, ordinal: 0, description: '', action: 'memory', depth: 0 },
  ...more,
});
const steps = [
  step('open', 6, { description: 'Open it', action: 'navigate' }),
  step('choose', 9, { container: 'branches' }),
  step('a', 15, { depth: 1, branch: 'new' }),
  step('b', 18, { depth: 1, branch: 'new' }),
  step('c', 22, { depth: 1, branch: 'old' }),
  step('d', 25, { depth: 1, branch: null }),
  step('pay', 27),
];
const problem = (line: number, severity: Problem['severity'] = 'error', column = 1): Problem => ({
  line,
  column,
  severity,
  path: '',
  message: `m${line}`,
});
const rowsAt = (line: number, problems: Problem[] = []) => outlineRows({ steps, problems, line, text, tree });

test('the row of the step that the cursor is in is marked, and none above or below the steps', () => {
  const here = (line: number): string[] =>
    rowsAt(line)
      .filter((row) => row.here)
      .map((row) => row.id);
  expect(here(8)).toEqual(['open']);
  expect(here(23)).toEqual(['c']);
  expect(here(29)).toEqual(['pay']);
  expect(here(3)).toEqual([]);
  expect(here(30)).toEqual([]);
});

test('a row says whether a person is asked, and the worst problem within', () => {
  const rows = rowsAt(1, [problem(16, 'warning'), problem(17), problem(28, 'warning'), problem(30)]);
  expect(rows.filter((row) => row.asks).map((row) => row.id)).toEqual(['a', 'pay']);
  expect(rows.filter((row) => row.wrong).map((row) => [row.id, row.wrong])).toEqual([
    ['a', 'error'],
    ['pay', 'warning'],
  ]);
});

test('each case of a choice begins with what it is for', () => {
  expect(rowsAt(1).map((row) => row.group)).toEqual([undefined, undefined, 'when “new”', undefined, 'when “old”', 'otherwise', undefined]);
  const twice = [...steps.slice(1, 3), step('again', 40), step('e', 41, { depth: 1, branch: 'new' })];
  expect(outlineRows({ steps: twice, problems: [], line: 1, text: '', tree: undefined }).at(-1)?.group).toBe('when “new”');
});

test('a step without words is called by its action', () => {
  expect(
    rowsAt(1)
      .map((row) => row.label)
      .slice(0, 2),
  ).toEqual(['Open it', 'memory']);
});

test('values say where they come from, and where that stands', () => {
  expect(valueRows(text, tree, { kind: { source: 'prompt', required: false, sensitive: false } })).toEqual([
    { name: 'kind', facts: 'prompt, optional', sensitive: false, line: 3 },
    { name: 'pin', facts: 'prompt', sensitive: true, line: 4 },
    { name: 'total', facts: 'captured by “open”', sensitive: false, line: 6 },
  ]);
});

test('what the server refused replaces its errors and keeps the warnings, in the order of the text', () => {
  const mistake = (line: number) => ({ line, column: 1, path: '', message: '' });
  const found = { errors: [mistake(9)], warnings: [mistake(2), mistake(5)] };
  expect(problemsOf(found, []).map((p) => [p.line, p.severity])).toEqual([
    [2, 'warning'],
    [5, 'warning'],
    [9, 'error'],
  ]);
  expect(problemsOf(found, [mistake(5)]).map((p) => [p.line, p.severity])).toEqual([
    [2, 'warning'],
    [5, 'error'],
    [5, 'warning'],
  ]);
});

test('problems are counted by their kind', () => {
  expect(problemsInWords([])).toBe('No problems');
  expect(problemsInWords([problem(1)])).toBe('1 problem');
  expect(problemsInWords([problem(1), problem(2), problem(3, 'warning')])).toBe('2 problems, 1 warning');
});

test('the next problem is found round the end of the text', () => {
  const list = [problem(2), problem(7)];
  expect(problemFrom(list, 2, 1)?.line).toBe(7);
  expect(problemFrom(list, 7, 1)?.line).toBe(2);
  expect(problemFrom(list, 2, -1)?.line).toBe(7);
  expect(problemFrom([], 2, 1)).toBeUndefined();
});
