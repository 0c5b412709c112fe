import { expect, test } from 'vitest';
import { importRecording, isRecording } from '../../src/recording/import-recording.ts';

const flow = (...steps: object[]): string => JSON.stringify({ title: 'A recording', steps });
const at = { offsetX: 1, offsetY: 1 };
const open = { type: 'navigate', url: 'https://shop.example/' };
const click = (...selectors: unknown[]) => ({ type: 'click', selectors, ...at });
const change = (value: string, ...selectors: unknown[]) => ({ type: 'change', value, selectors });

test.each([
  ['{"title": "a", "steps": [', 1, 26, '', 'this is not valid JSON'],
  ['{\n  "title": "a",\n  "steps": [}\n}', 3, 13, '', 'this is not valid JSON'],
  ['[]', 1, 1, '', 'a recording is a map'],
  ['{"title": "a"}', 1, 1, 'steps', 'a recording needs `steps`'],
  ['{"steps": []}', 1, 1, 'title', 'a recording needs `title`'],
  ['{"title": "a", "timeout": "x", "steps": []}', 1, 27, 'timeout', '`timeout` is not a number'],
  [flow(open).replace('navigate', 'fly'), 1, 41, 'steps[0].type', '`fly` is not a step of a recording'],
  [flow(open, { type: 'click', selectors: [] }), 1, 111, 'steps[1].selectors', 'the step needs `selectors`'],
  [flow({ type: 'change', selectors: ['a'], value: 3 }), 1, 76, 'steps[0].value', '`value` must be a string'],
  [flow({ ...open, timeout: 90_000 }), 1, 92, 'steps[0].timeout', '`timeout` must be 1 to 30000'],
  [flow(3 as unknown as object), 1, 33, 'steps[0]', 'is not an object'],
  [flow({ type: 'setViewport', width: 800, height: 600 }), 1, 32, 'steps', 'there is no step in it'],
  [flow(click(['aria/[role="generic"]'])), 1, 61, 'steps[0].selectors', 'none of these selectors can be used'],
])('%s is a mistake at its place', (...row) => {
  const [text, line, column, path, message] = row;
  const { source, errors } = importRecording(text);
  expect(source).toBeNull();
  expect(errors[0]).toEqual({ line, column, path, message: expect.stringContaining(message) });
});

test('every wrong step is named at once', () => {
  const { errors } = importRecording(flow({ type: 'fly' }, open, { type: 'hover' }, 3 as unknown as object));
  expect(errors.map(({ path }) => path)).toEqual(['steps[0].type', 'steps[2].selectors', 'steps[3]']);
});

test.each([
  ['title: A\nsteps: []\n', false],
  ['', false],
  ['{"title": "A", "settings": {}, "steps": [{"action": {"type": "click"}}]}', false],
  ['{"title": "A", "steps": [{"action": {"type": "click"}}]}', false],
  ['{"title": "A", "steps": [{"type": "navigate", "url": "https://a.example/"}, ]', true],
  ['\ufeff  {"title": "A", "steps": []}\n//# recorderSourceMap=BDGDG\n', true],
  ['[1]', false],
])('%j is meant as a recording: %s', (text, expected) => {
  expect(isRecording(text)).toBe(expected);
});

test.each([
  ['nested', `{"title": "a", "steps": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
  ['long', `{"title": "a", "steps": [${'1,'.repeat(250_000)}1]}`],
  ['wordy', JSON.stringify({ title: 'x'.repeat(500_000), steps: [open] })],
  ['of many wrong steps', JSON.stringify({ title: 'a', steps: Array.from({ length: 5_000 }, () => ({ type: 'fly' })) })],
  ['with long selectors', flow(click([`aria/${'['.repeat(200_000)}`], [','.repeat(100_000)], [`text/${'a'.repeat(100_000)}`]))],
  ['with long names', flow(change('v', [`#${'aA-'.repeat(60_000)}`]), change('v', [`xpath/${'/a'.repeat(60_000)}`]))],
])('a recording that is %s is read in bounded time', (_what, text) => {
  const began = performance.now();
  isRecording(text);
  importRecording(text);
  expect(performance.now() - began).toBeLessThan(2_000);
});
