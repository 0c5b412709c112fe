import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseRunbook } from '../../src/language/parse-runbook.ts';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const runbooks = [...readme.matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');

test('the README has a runbook, and it has no mistakes', () => {
  expect(runbooks).toHaveLength(1);
  expect(runbooks.map((source) => parseRunbook(source).errors)).toEqual([[]]);
});
