import { expect, test } from 'vitest';
import { parseRunbook } from '../../src/language/parse-runbook.ts';

const short = (steps: string): string =>
  `name: Old\nurl: https://example.com\nvariables:\n  - {name: user}\n  - {name: pass, source: secrets}\nsteps:\n${steps}`;

const everything = short(`  - {name: Go, action: click, selector: "#go", url: "https://example.com/seen"}
  - {action: input, selector: "input[name=p]", value: "{{ pass }}"}
  - {action: navigate, url: /a}
  - {action: wait, duration: 2s}
  - {action: extract, selector: .price, capture: total}
  - {action: click, selector: "//a[1]", requiresConfirmation: true, confirmationMessage: "Pay {{ total }}?"}
  - {action: {type: hover}, selector: "#menu"}
  - action: export
    export: {format: json, fields: [{name: Total sum, value: "{{ total }}"}, {name: n, value: 3}]}
  - loop: {forEach: "{{total}}"}
    steps: [{action: key, key: "{{ item }}"}]
  - {id: normal, description: Normal, action: {type: scroll}}
`);

test('is translated, and the translation means the same', () => {
  const { runbook, errors, warnings, kind, translation, steps } = parseRunbook(everything);
  expect([errors, warnings, kind]).toEqual([[], [], 'short']);
  expect(runbook).toMatchObject({
    title: 'Old',
    metadata: { startUrl: 'https://example.com' },
    variables: { pass: { source: 'prompt', sensitive: true }, user: { source: 'prompt' } },
  });
  expect(runbook?.steps[0]).toMatchObject({
    description: 'Go',
    url: 'https://example.com/seen',
    action: { type: 'click', selector: { cssSelector: '#go' } },
  });
  expect(runbook?.steps[3]?.action).toEqual({ type: 'wait', duration: 2_000 });
  expect(runbook?.steps[4]).toMatchObject({ action: { type: 'extract' }, captures: [{ name: 'total', strategy: 'expression' }] });
  expect(runbook?.steps[5]).toMatchObject({
    action: { selector: { xPath: '//a[1]' } },
    requiresConfirmation: true,
    approval: { message: 'Pay {{ total }}?' },
  });
  expect(runbook?.steps[7]).toMatchObject({ action: { type: 'memory' }, captures: [{ name: 'Total_sum' }, { name: 'n' }] });
  expect(runbook?.steps[8]?.action).toEqual({ type: 'export', exportCollection: 'exported_8', format: 'json' });
  expect(steps.map((s) => s.line)).toEqual([7, 8, 9, 10, 11, 12, 13, 14, 14, 16, 17, 18]);
  const again = parseRunbook(translation ?? '');
  expect([again.errors, again.kind]).toEqual([[], 'runbook']);
  expect(again.runbook).toEqual(runbook);
  expect(translation).toContain('# asked for when the job starts, and shown nowhere');
});

test.each([
  ['an unknown action', '  - {action: clik, selector: "#a"}', '7:14 steps[0].action: `clik` is not known here; did you mean `click`?'],
  ['a missing selector', '  - {action: click}', '7:14 steps[0].action: `selector` is missing'],
  [
    'an unknown variable',
    '  - {action: click, selector: "#{{usr}}"}',
    '7:31 steps[0].selector: `{{usr}}` is not a variable; did you mean `user`?',
  ],
  ['an unknown one in a question', '  - {action: click, selector: "#a", confirmationMessage: "{{usr}}"}', 'steps[0].confirmationMessage: '],
  ['a wrong address', '  - {action: navigate, url: "file:///a"}', '7:29 steps[0].url: `file:` addresses are not opened'],
  [
    'an unknown one behind an export',
    '  - {action: export, format: csv, fields: [{name: a, value: b}]}\n  - {action: click, selector: "{{usr}}"}',
    '8:31 steps[1].selector: ',
  ],
  [
    'an unknown one in an export',
    '  - {action: export, export: {format: csv, fields: [{name: a, value: "{{usr}}"}]}}',
    'steps[0].export.fields[0].value: ',
  ],
])('%s is a mistake at the line of the text', (_what, steps, words) => {
  const found = parseRunbook(short(steps)).errors.map((e) => `${e.line}:${e.column} ${e.path}: ${e.message}`);
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(words);
});

test('an ordinary runbook has no translation', () => {
  expect(parseRunbook('title: A\nsteps: [{action: {type: scroll}}]')).toMatchObject({ kind: 'runbook', translation: null });
});
