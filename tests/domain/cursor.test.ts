import { expect, test } from 'vitest';
import { advance, firstStep, stepAt, type Cursor } from '../../src/domain/cursor.ts';

type Named = { id: string; steps?: Named[] };

function walk(steps: Named[], from: Cursor = firstStep): string[] {
  const ids: string[] = [];
  for (let cursor = from, step = stepAt(steps, cursor); step; cursor = advance(steps, cursor), step = stepAt(steps, cursor))
    ids.push(step.id);
  return ids;
}

test('a cursor visits the steps of a list in order and ends after the last', () => {
  expect(walk([{ id: 'a' }, { id: 'b' }, { id: 'c' }])).toEqual(['a', 'b', 'c']);
});

test('an empty list has no first step', () => {
  expect(stepAt([], firstStep)).toBeUndefined();
});

test('inside a body it goes to the end of the body, then to the step after the one that holds it', () => {
  const steps: Named[] = [{ id: 'a' }, { id: 'b', steps: [{ id: 'b1' }, { id: 'b2' }] }, { id: 'c' }];
  expect(walk(steps, [{ index: 1 }, { index: 0 }])).toEqual(['b1', 'b2', 'c']);
});

test('a cursor survives being stored', () => {
  const steps: Named[] = [{ id: 'a' }, { id: 'b' }];
  const stored = JSON.parse(JSON.stringify(advance(steps, firstStep))) as Cursor;
  expect(stepAt(steps, stored)?.id).toBe('b');
});
