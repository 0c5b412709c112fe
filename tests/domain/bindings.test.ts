import { describe, expect, test } from 'vitest';
import { hasExpression, identifiers, parseTemplate, references, renderTemplate } from '../../src/domain/bindings.ts';

/** Processor time, which a busy machine does not change. */
const processorMs = (): number => process.cpuUsage().user / 1_000;

describe('parseTemplate', () => {
  test.each([
    ['', []],
    ['plain', [{ text: 'plain' }]],
    ['{{name}}', [{ name: 'name' }]],
    ['a {{ name }} b', [{ text: 'a ' }, { name: 'name' }, { text: ' b' }]],
    ['{{a}}{{$b_1}}', [{ name: 'a' }, { name: '$b_1' }]],
    ['{{ a.b }}', [{ expression: 'a.b' }]],
    ['{{ {a: {b: 1}}.a }}', [{ expression: '{a: {b: 1}}.a' }]],
    ['{{ "}}" + x }}!', [{ expression: '"}}" + x' }, { text: '!' }]],
    ["{{ 'it\\'s }}' }}", [{ expression: "'it\\'s }}'" }]],
    ['{{ `a}}` }}', [{ expression: '`a}}`' }]],
    ["{{ /'/.test(x) }} b {{c}}", [{ expression: "/'/.test(x)" }, { text: ' b ' }, { name: 'c' }]],
    ['{{}}', [{ expression: '' }]],
    ['a {{ b', [{ text: 'a {{ b' }]],
    ['a }} b', [{ text: 'a }} b' }]],
    ['{single}', [{ text: '{single}' }]],
  ])('takes %j apart', (text, tokens) => {
    expect(parseTemplate(text)).toEqual(tokens);
  });

  test('is linear on text that never closes', () => {
    const began = processorMs();
    parseTemplate('{{{}}'.repeat(100_000));
    parseTemplate('{{'.repeat(200_000));
    parseTemplate("{{ '".repeat(100_000));
    expect(processorMs() - began).toBeLessThan(2_000);
  });
});

describe('references', () => {
  test('names each plain name and identifier once, in order', () => {
    expect(references('{{b}} {{ a.length + b + Math.max(c, 2) }} {{ d?.e.f }} d')).toEqual(['b', 'a', 'Math', 'c', 'd']);
  });

  test('does not take properties, strings and numbers for names', () => {
    expect(identifiers('a.b + "c d" + \'e\' + 1e5 + 0xff')).toEqual(['a']);
    expect(identifiers('[...list, { . x }]')).toEqual(['list']);
  });

  test('never misses a name in template literals, regular expressions, and behind quotes in them', () => {
    expect(identifiers("`it's ${one} isn't ${two}`")).toEqual(expect.arrayContaining(['one', 'two']));
    expect(identifiers('`http://${host}/x`')).toContain('host');
    expect(identifiers('/"/.test(one) && "x" + two')).toEqual(expect.arrayContaining(['one', 'two']));
  });

  test('is linear on quotes and spaces', () => {
    const began = processorMs();
    identifiers(`a${' '.repeat(300_000)}`);
    identifiers(`"${'\\"'.repeat(150_000)}`);
    identifiers(`. ${' '.repeat(1_000)}`.repeat(300));
    expect(processorMs() - began).toBeLessThan(2_000);
  });
});

test('hasExpression tells whether more than values is needed', () => {
  expect(hasExpression('{{a}} and {{ b }}')).toBe(false);
  expect(hasExpression('{{ a + b }}')).toBe(true);
});

test('renderTemplate puts values where the names were, and never reads them as templates again', () => {
  const rendered = renderTemplate(parseTemplate('{{a}}-{{ a + 1 }}-{{a}}'), {
    value: (name) => `{{${name}}}`,
    evaluate: (expression) => `<${expression}>`,
  });
  expect(rendered).toBe('{{a}}-<a + 1>-{{a}}');
});
