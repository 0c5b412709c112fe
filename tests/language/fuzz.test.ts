import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { Action, Selector } from '../../src/contract/action.ts';
import { Runbook, Step } from '../../src/contract/runbook.ts';
import { parseRunbook } from '../../src/language/parse-runbook.ts';

const folder = new URL('../../examples/runbooks/', import.meta.url);
const examples = readdirSync(folder).map((name) => readFileSync(new URL(name, folder), 'utf8'));
const processorMs = (): number => process.cpuUsage().user / 1_000;
/** ms of processor time */
const allowed = 1_000;

/** The seed is printed with a failure; a run takes at most this long. */
const bounds = { numRuns: 150, interruptAfterTimeLimit: 15_000, markInterruptAsFailure: false };

function answers(source: string): void {
  const began = processorMs();
  const { runbook, errors, kind, translation } = parseRunbook(source);
  expect(processorMs() - began).toBeLessThan(allowed);
  expect(runbook === undefined).toBe(errors.length > 0);
  for (const error of errors) expect(error.line >= 1 && error.column >= 1 && error.message.length > 5).toBe(true);
  if (runbook && kind === 'short') expect(parseRunbook(translation ?? '').errors).toEqual([]);
}

const words = [
  ...Object.keys(Runbook.shape),
  ...Object.keys(Step.shape),
  ...Object.keys(Selector.shape),
  ...Action.options.flatMap((o) => [...Object.keys(o.shape), o.shape.type.value]),
];
const text = fc.oneof(fc.constantFrom(...words, '{{a}}', '{{ a > 1 }}', 'collection:rows', '{{', '/a/../b'), fc.string({ maxLength: 20 }));
const { value } = fc.letrec<{ value: unknown; map: unknown; list: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    text,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    tie('map'),
    tie('list'),
  ),
  list: fc.array(tie('value'), { maxLength: 4 }),
  map: fc.dictionary(
    fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...words, 'capture', 'type', 'match', 'forEach', 'condition') },
      { weight: 1, arbitrary: fc.string({ maxLength: 8 }) },
    ),
    tie('value'),
    { maxKeys: 6 },
  ),
}));

test('data of any shape is answered in time', () => {
  fc.assert(
    fc.property(
      fc.record({
        title: value,
        variables: value,
        steps: fc.oneof(value, fc.array(fc.dictionary(fc.constantFrom(...words), value, { maxKeys: 6 }), { maxLength: 6 })),
      }),
      (data) => answers(stringify(data)),
    ),
    bounds,
  );
}, 60_000);

test('any text is answered in time', () => {
  fc.assert(fc.property(fc.oneof(fc.string({ maxLength: 500 }), fc.string({ unit: 'binary', maxLength: 500 })), answers), bounds);
}, 60_000);

test('examples with words put in and lines taken out are answered in time', () => {
  const edit = fc.record({
    at: fc.nat(10_000),
    cut: fc.nat(80),
    put: fc.oneof(text, fc.constantFrom('\n', ': ', '- ', '{', ']', '&a ', '*a', '!!x ', '"')),
  });
  const mutate = (source: string, edits: { at: number; cut: number; put: string }[]): string =>
    edits.reduce((s, { at, cut, put }) => s.slice(0, at % s.length) + put + s.slice((at % s.length) + cut), source);
  fc.assert(
    fc.property(fc.constantFrom(...examples), fc.array(edit, { minLength: 1, maxLength: 4 }), (source, edits) =>
      answers(mutate(source, edits)),
    ),
    { ...bounds, numRuns: 100 },
  );
}, 60_000);
