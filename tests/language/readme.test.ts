import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseRunbook } from '../../src/language/parse-runbook.ts';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const blocks = (kind: string): string[] =>
  [...readme.matchAll(new RegExp(`\`\`\`${kind}\\n([\\s\\S]*?)\`\`\``, 'g'))].map((match) => match[1] ?? '');

test('the README has a runbook, and it has no mistakes', () => {
  const runbooks = blocks('yaml');
  expect(runbooks).toHaveLength(1);
  expect(runbooks.map((source) => parseRunbook(source).errors)).toEqual([[]]);
});

test('the step that asks a person has no mistakes either', () => {
  const [step = ''] = blocks('text').filter((text) => text.startsWith('- description'));
  const names = ['paymentRun', 'total', 'payee'].map((name) => `  ${name}: {source: prompt}`);
  const { runbook, errors } = parseRunbook(['title: A', 'variables:', ...names, 'steps:', step].join('\n'));
  expect(errors).toEqual([]);
  expect(runbook?.steps[0]?.approval?.timeout).toBe('30m');
});
