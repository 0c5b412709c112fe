import { expect, test } from 'vitest';
import { maxSourceBytes } from '../../src/language/yaml-source.ts';
import { parseRunbook } from '../../src/language/parse-runbook.ts';

/** ms of processor time, which a busy machine does not change. What it guards against takes minutes. */
const allowed = 5_000;
const processorMs = (): number => process.cpuUsage().user / 1_000;
const nine = (name: string): string => Array(9).fill(`*${name}`).join(', ');
const letters = 'abcdefghijklmnop'.split('');
const chain = (line: (name: string, before: string) => string): string =>
  letters
    .slice(1)
    .map((name, i) => line(name, letters[i] ?? ''))
    .join('\n');
const scroll = 'steps: [{action: {type: scroll}';

const hostile: [string, string][] = [
  ['aliases that multiply', `a: &a [x]\n${chain((name, before) => `${name}: &${name} [${nine(before)}]`)}`],
  ['merges that multiply', `a: &a {x: 1}\n${chain((name, before) => `${name}: &${name} {<<: [${nine(before)}]}`)}`],
  ['an alias of itself', 'title: &a [*a]'],
  ['a merge of itself', '&a\ntitle: x\n<<: *a'],
  ['lists nested deeply', '['.repeat(200_000)],
  ['block lists nested deeply', '- '.repeat(200_000)],
  ['keys nested deeply', Array.from({ length: 900 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
  ['many keys', `{${Array.from({ length: 60_000 }, (_, i) => `k${i}`).join(',')}}`],
  ['the same key many times', 'a: 1\n'.repeat(40_000)],
  ['many quotes', '"'.repeat(500_000)],
  ['many colons', ':'.repeat(500_000)],
  ['many aliases', `a: &a 1\nb: [${'*a,'.repeat(100_000)}]`],
  ['many bad lines', 'a: b: c\n'.repeat(60_000)],
  ['many tags', '- !x y\n'.repeat(60_000)],
  ['many mistakes', `title: a\nsteps:\n${'  - {a: 1, b: 2, c: 3, d: 4}\n'.repeat(999)}`],
  [
    'many open templates',
    `title: a\n${scroll}]\nnotes: x\ncontext: "${'{{'.repeat(100_000)}"\nsettings: {baseUrl: "x${'{{{}}'.repeat(50_000)}"}`,
  ],
  ['a huge expression', `title: a\nsettings: {baseUrl: "{{ ${'f('.repeat(100_000)} }}"}\n${scroll}}]`],
  ['spaces in an expression', `title: a\nsettings: {baseUrl: "{{ a${' '.repeat(200_000)}! }} b"}\n${scroll}}]`],
  ['escaped quotes in an expression', `title: a\nsettings: {baseUrl: '{{ nothing + "${'\\"'.repeat(100_000)} }} b'}\n${scroll}}]`],
  [
    'long unknown names',
    `title: a\nvariables: {${Array.from({ length: 150 }, (_, i) => `${'v'.repeat(36)}${i}: {source: prompt}`).join(', ')}}\nsettings: {baseUrl: "${`{{${'w'.repeat(40)}}}`.repeat(8_000)}"}\n${scroll}}]`,
  ],
  ['a pattern of brackets', `title: a\n${scroll}, captures: [{name: a, strategy: url, pattern: "${'('.repeat(100_000)}"}]}]`],
  ['a short runbook with a large list', `name: a\n${scroll}}]\nx: [${'"{{a}}",'.repeat(60_000)}]\nsettings: 1`],
  ['aliases in a short runbook', `name: a\na: &a [${'x,'.repeat(300)}]\nb: [${'*a,'.repeat(300)}]\n${scroll}}]\nsettings: 1`],
  ['a long key', `"${'k'.repeat(300_000)}": 1`],
  ['5 MB', `title: ${'x'.repeat(5_000_000)}`],
];

test.each(hostile)(
  '%s is refused in time, with few words',
  (_what, source) => {
    const began = processorMs();
    const { runbook, errors } = parseRunbook(source);
    expect(processorMs() - began).toBeLessThan(allowed);
    expect(runbook).toBeUndefined();
    expect(errors.length).toBeGreaterThan(0);
    expect(errors.length).toBeLessThanOrEqual(501);
    expect(JSON.stringify(errors).length).toBeLessThan(200_000);
  },
  60_000,
);

test('a runbook may be large, but not larger than its limit', () => {
  const padded = (bytes: number): string => `title: a\n${scroll}}]\n#`.padEnd(bytes, 'x');
  expect(parseRunbook(padded(maxSourceBytes)).errors).toEqual([]);
  expect(parseRunbook(padded(maxSourceBytes + 1)).errors[0]?.message).toContain('larger than 512 KiB');
});

test('1,000 steps are accepted and 1,001 are not', () => {
  const steps = (count: number): string =>
    `title: a\nsteps:\n${'  - action: {type: click, selector: {cssSelector: "#x", tagName: a}}\n'.repeat(count)}`;
  expect(parseRunbook(steps(1_000)).runbook?.steps).toHaveLength(1_000);
  expect(parseRunbook(steps(1_001)).errors).toEqual([
    expect.objectContaining({ line: 3, path: 'steps', message: expect.stringContaining('at most 1000') as string }),
  ]);
}, 60_000);

test('whatever is thrown at it, it answers', () => {
  const seed = `title: A\nvariables: {a: {source: prompt}}\nsteps:\n  - action: {type: input, selector: {id: a}, value: "{{a}}"}\n    captures: [{name: b, strategy: url, pattern: '(x)'}]\n`;
  const pieces = [
    '{',
    '}',
    '[',
    ']',
    ': ',
    '- ',
    '\n',
    '&a ',
    '*a',
    '"',
    "'",
    '{{',
    '}}',
    '!!',
    '|',
    '>',
    '%',
    '@',
    '\t',
    '  ',
    '<<',
    '?',
    '\0',
    '\ud800',
    '---\n',
    'null',
    '~',
  ];
  let state = 7;
  const random = (below: number): number => (state = (state * 48_271) % 2_147_483_647) % below;
  for (let round = 0; round < 400; round += 1) {
    let source = seed;
    for (let edit = 0; edit <= random(4); edit += 1) {
      const at = random(source.length);
      source = source.slice(0, at) + (pieces[random(pieces.length)] ?? '') + source.slice(at + random(6));
    }
    const { runbook, errors } = parseRunbook(source);
    expect(runbook === undefined, source).toBe(errors.length > 0);
    for (const error of errors) expect(error.line >= 1 && error.column >= 1 && error.message.length > 5, source).toBe(true);
  }
}, 60_000);
