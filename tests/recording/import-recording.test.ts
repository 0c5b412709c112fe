import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseRunbook } from '../../src/language/parse-runbook.ts';
import { importRecording, isRecording } from '../../src/recording/import-recording.ts';

type Book = {
  title: string;
  settings: Record<string, unknown>;
  metadata?: { startUrl: string };
  variables?: Record<string, Record<string, unknown>>;
  steps: { description: string; action: Record<string, unknown> & { selector?: object }; timeout?: number }[];
  notes?: string;
};
const recorded = (name: string): string => readFileSync(new URL(`recordings/${name}.json`, import.meta.url), 'utf8');

/** The runbook that comes out, which the language accepts without a mistake. */
function imported(text: string) {
  const { source, errors, warnings } = importRecording(text);
  expect(errors).toEqual([]);
  const checked = parseRunbook(source ?? '');
  expect(checked.errors).toEqual([]);
  expect(isRecording(source ?? '')).toBe(false);
  return { book: parse(source ?? '') as Book, source: source ?? '', warnings };
}
const flow = (...steps: object[]): string => JSON.stringify({ title: 'A recording', steps });
const at = { offsetX: 1, offsetY: 1 };
const open = { type: 'navigate', url: 'https://shop.example/' };
const click = (...selectors: unknown[]) => ({ type: 'click', selectors, ...at });
const change = (value: string, ...selectors: unknown[]) => ({ type: 'change', value, selectors });
const selectorOf = (...selectors: unknown[]) => imported(flow(click(...selectors))).book.steps[0]?.action.selector;

test('a log-in becomes a runbook that asks for the password and runs with what else was typed', () => {
  const text = recorded('log-in');
  expect(isRecording(text)).toBe(true);
  const { book, source, warnings } = imported(text);
  expect(warnings).toEqual([]);
  expect(source).not.toContain('hunter2!');
  expect(book).toEqual({
    title: 'Pay an invoice',
    settings: { defaultTimeout: 8_000, viewport: { width: 1280, height: 720 } },
    metadata: { startUrl: 'https://bank.example/login' },
    variables: {
      email: { source: 'fixed', description: '“Email”', value: 'ama@example.com' },
      password: { source: 'prompt', description: '“Password”', sensitive: true },
      currency: { source: 'fixed', description: '“Currency”', value: 'chf' },
    },
    steps: [
      {
        description: 'Click “Email”',
        action: { type: 'click', selector: { id: 'email', xPath: '//*[@id="email"]', ariaLabel: 'Email', innerText: 'Email' } },
      },
      {
        description: 'Fill in “Email”',
        action: { type: 'input', selector: { id: 'email', xPath: '//*[@id="email"]', labelText: 'Email' }, value: '{{email}}' },
      },
      {
        description: 'Press Tab',
        action: { type: 'key', key: 'Tab', selector: { id: 'email', xPath: '//*[@id="email"]', labelText: 'Email' } },
      },
      {
        description: 'Fill in “Password”',
        action: {
          type: 'input',
          selector: { cssSelector: "form input[type='password']", xPath: '//form/input[2]', labelText: 'Password' },
          value: '{{password}}',
        },
      },
      {
        description: 'Press Enter',
        action: {
          type: 'key',
          key: 'Enter',
          selector: { cssSelector: "form input[type='password']", xPath: '//form/input[2]', labelText: 'Password' },
        },
      },
      { description: 'Wait for bank.example/accounts', action: { type: 'wait', url: 'https://bank.example/accounts' } },
      {
        description: 'Choose in “Currency”',
        action: {
          type: 'select',
          selector: { cssSelector: '#filters > select', xPath: '//*[@id="filters"]/select', labelText: 'Currency', role: 'combobox' },
          value: '{{currency}}',
        },
      },
      {
        description: 'Click “Pay now”',
        action: {
          type: 'click',
          selector: { dataTestId: 'pay', xPath: '//main/button[1]', innerText: 'Pay now', role: 'button' },
        },
        timeout: 12_000,
      },
      {
        description: 'Wait for bank.example/payments/8812345/done',
        action: { type: 'wait', url: 'https://bank.example/payments/*/done**' },
        timeout: 12_000,
      },
    ],
  });
});

test('every type of step is carried over, or the warning says why not', () => {
  const text = recorded('every-type');
  const { book, source, warnings } = imported(text);
  expect(book.settings).toEqual({ viewport: { width: 390, height: 844 } });
  expect(book.steps.map(({ description }) => description)).toEqual([
    'Open shop.example',
    'Wait for “catalogue”',
    'Wait until “.spinner” is hidden',
    'Wait for “.row”',
    'Wait until “.error” is gone',
    'Wait for “state”',
    'Wait for “Item”',
    'Wait for a condition',
    'Point at “Menu”',
    'Scroll down',
    'Scroll up',
    'Scroll to the top',
    'Scroll to “list”',
    'Press Control+a',
    'Press Alt',
    'Click “Close”',
    'Double-click “my-app .cell”',
    'Right-click “row one”',
    'Click “#board > canvas”',
    'Click “Continue”',
    'Click “a.popup”',
    'Fill in “Question”',
    'Close the tab shop.example/help',
    'Tick “terms”',
    'Upload a file to “cv”',
    'Choose in “Country”',
  ]);
  const actions = Object.fromEntries(book.steps.map(({ description, action }) => [description, action]));
  expect(actions).toMatchObject({
    'Wait until “.spinner” is hidden': { selector: { cssSelector: '.spinner' }, state: 'hidden' },
    'Wait until “.error” is gone': { state: 'detached' },
    'Scroll down': { type: 'scroll', by: 600 },
    'Scroll up': { type: 'scroll', by: -400 },
    'Scroll to the top': { type: 'scroll', to: 'top' },
    'Click “Close”': { type: 'click', modifiers: ['Shift'] },
    'Double-click “my-app .cell”': { count: 2, selector: { cssSelector: 'my-app .cell' } },
    'Right-click “row one”': { button: 'right', selector: { dataAttributes: { qa: 'row one' } } },
    'Click “#board > canvas”': { button: 'middle' },
    'Click “Continue”': { selector: { cssSelector: 'span.label', innerText: 'Continue', frame: [0, 1] } },
    'Fill in “Question”': { type: 'input', value: '{{question}}' },
    'Tick “terms”': { type: 'input', value: 'on' },
    'Upload a file to “cv”': { type: 'upload', file: '{{cv}}' },
    'Choose in “Country”': { type: 'select' },
  });
  expect(actions['Wait for “.row”']?.['script']).toBe(
    '((all) => all.length >= 3 && all.every((e) => e.getClientRects().length > 0))([...document.querySelectorAll(".row")])',
  );
  expect(actions['Wait for “state”']?.['script']).toContain('e.getAttribute("data-ready") === "yes" && JSON.stringify(e["textContent"])');
  expect(book.variables).toMatchObject({ cv: { value: 'letter.pdf' }, country: { value: 'gh' }, question: { value: 'How {{much}}?' } });
  expect(source).toContain('# in the tab shop.example/help');
  expect(source).not.toContain('top secret parameter');
  expect(warnings.map(({ path, message }) => `${path}: ${message.slice(0, 40)}`)).toEqual([
    'steps[0]: a mobile device is not imitated, only th',
    'steps[1]: the speed of the network is not imitated',
    'steps[4]: the size of the window stays what it is ',
    'steps[10]: how many elements there are, and their p',
    'steps[16]: the element is brought into view; how fa',
    'steps[29]: the click goes to the middle of the elem',
    'steps[30]: the back button of the mouse cannot be p',
    'steps[36]: a recording knows only the name of a fil',
    'steps[37]: “Country” is taken for a list to choose ',
    'steps[38]: the custom step “checkDatabase” is left ',
    'steps[39]: the first tab stays open until the job e',
  ]);
  expect(warnings[0]).toMatchObject({ line: 5, column: 5 });
  expect(book.notes?.split('\n')).toHaveLength(5);
});

test.each([
  [['#main'], { id: 'main' }],
  [['#\\31 23'], { cssSelector: '#\\31 23' }],
  [['#a > .b'], { cssSelector: '#a > .b' }],
  [["[data-testid='go']"], { dataTestId: 'go' }],
  [['[name="q"]'], { name: 'q' }],
  [['[data-cy="go"]'], { dataAttributes: { cy: 'go' } }],
  [['pierce/.x'], { cssSelector: '.x' }],
  [['my-app', 'my-row', '.x'], { cssSelector: 'my-app my-row .x' }],
  [['my-app >>> .x'], { cssSelector: 'my-app .x' }],
  [['.a, .b', 'p'], { cssSelector: ':is(.a, .b) p' }],
  [['xpath///a[1]'], { xPath: '//a[1]' }],
  [['text/Log in'], { innerText: 'Log in' }],
  [['aria/Say \\"hi\\"[role="link"]'], { ariaLabel: 'Say "hi"', innerText: 'Say "hi"', role: 'link' }],
  [['aria/Logo[role="image"]'], { ariaLabel: 'Logo', innerText: 'Logo' }],
  [['aria/Email[role="textbox"]'], { labelText: 'Email', role: 'textbox' }],
  [['text/{{price}}'], { innerText: '{{ "{{price}}" }}' }],
])('the selector %j becomes %j', (chain, selector) => {
  expect(selectorOf(chain)).toEqual(selector);
});

test('alternatives become fields of one selector; a second one of a field is left out', () => {
  expect(
    selectorOf(['aria/Go[role="button"]'], ['#go'], ['main > button'], ['pierce/main > button'], ['xpath///button'], ['text/Go!']),
  ).toEqual({
    id: 'go',
    cssSelector: 'main > button',
    xPath: '//button',
    innerText: 'Go!',
    role: 'button',
  });
});

test('variables have the names of their fields, and the same input is one variable', () => {
  const { book } = imported(
    flow(
      change('Ama', ['aria/First name']),
      change('Kofi', ['aria/First name']),
      change('Ama', ['aria/First name']),
      change('x', ['[name="2nd line"]']),
      change('y', ['.a > .b']),
      change('z', ['aria/Prénom']),
      change('c', ['#constructor']),
    ),
  );
  expect(Object.entries(book.variables ?? {}).map(([name, { value }]) => [name, value])).toEqual([
    ['firstName', 'Ama'],
    ['firstName2', 'Kofi'],
    ['value2ndLine', 'x'],
    ['value', 'y'],
    ['prenom', 'z'],
    ['constructorValue', 'c'],
  ]);
});

test.each([
  '#password',
  '#user_pwd',
  '[name="newPassword"]',
  'aria/One-time PIN',
  '[autocomplete="one-time-code"] > .otp',
  '#apiToken',
  'input[type=password]',
])('what is typed into %s is a secret and stands nowhere', (selector) => {
  const { book, source } = imported(
    flow(open, change('s3cr3t value', [selector]), { type: 'navigate', url: 'https://x.example/?p=s3cr3t%20value' }),
  );
  expect(source).not.toMatch(/s3cr3t/);
  expect(Object.values(book.variables ?? {})).toEqual([expect.objectContaining({ source: 'prompt', sensitive: true })]);
});

test.each(['#shipping', '#spinner', '#compass', 'aria/Opinion', '#passenger'])('%s is no field for secrets', (selector) => {
  expect(Object.values(imported(flow(change('v', [selector]))).book.variables ?? {})).toMatchObject([{ source: 'fixed', value: 'v' }]);
});

test('a secret is one in every field that it was typed into', () => {
  const { source } = imported(flow(change('hunter2', ['#again']), change('hunter2', ['#password'])));
  expect(source).not.toContain('hunter2');
});

test('a step in an older tab while a newer one is open is warned about; closing goes back', () => {
  const popup = { ...click(['#in-popup']), target: 'https://x.example/popup' };
  expect(imported(flow(open, popup, { ...click(['#a']), target: 'main' })).warnings).toMatchObject([{ path: 'steps[2]' }]);
  const closed = imported(flow(open, popup, { type: 'close', target: 'https://x.example/popup' }, click(['#a'])));
  expect(closed.warnings).toEqual([]);
  expect(closed.book.steps.map(({ action }) => action['type'])).toEqual(['click', 'extract', 'click']);
});

test('tabs that are closed at the end need no step', () => {
  const { book } = imported(
    flow(open, { ...click(['#a']), target: 'https://x.example/p' }, { type: 'close', target: 'https://x.example/p' }),
  );
  expect(book.steps.map(({ action }) => action['type'])).toEqual(['click']);
});
