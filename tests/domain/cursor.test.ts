import { expect, test } from 'vitest';
import type { PlannedStep } from '../../src/contract/step-task.ts';
import { advance, enter, firstStep, iterationAt, stepAt, type Cursor } from '../../src/domain/cursor.ts';

const step = (id: string, more: Partial<PlannedStep> = {}): PlannedStep => ({
  ...{ id, ordinal: 1, description: id, captures: [], effect: 'read', timeout: 1_000, retries: 0, continueOnError: false },
  action: { type: 'memory' },
  ...more,
});
const loop = (id: string, body: PlannedStep[]): PlannedStep =>
  step(id, { loop: { forEach: '{{list}}', maxIterations: 100 }, bodies: [body] });
const branches = (id: string, ...bodies: PlannedStep[][]): PlannedStep =>
  step(id, { branches: { variable: 'v', matches: bodies.map((_, index) => `${index}`), hasDefault: false }, bodies });

/** Visits steps; a container is entered while `times` says so. */
function walk(
  steps: PlannedStep[],
  { from = firstStep, times = 0, body = 0 }: { from?: Cursor; times?: number; body?: number } = {},
): string[] {
  const ids: string[] = [];
  for (let cursor = from, at = stepAt(steps, cursor); at; at = stepAt(steps, cursor)) {
    ids.push(at.bodies ? `${at.id}?${iterationAt(cursor)}` : at.id);
    cursor = at.bodies && iterationAt(cursor) < times ? enter(cursor, body) : advance(steps, cursor);
  }
  return ids;
}

test('a cursor visits the steps of a list in order and ends after the last', () => {
  expect(walk([step('a'), step('b'), step('c')])).toEqual(['a', 'b', 'c']);
});

test('an empty list has no first step', () => {
  expect(stepAt([], firstStep)).toBeUndefined();
});

test('after the body of a loop it stands at the loop again, which decides about the next iteration', () => {
  const steps = [step('a'), loop('l', [step('b'), step('c')]), step('d')];
  expect(walk(steps, { times: 2 })).toEqual(['a', 'l?0', 'b', 'c', 'l?1', 'b', 'c', 'l?2', 'd']);
});

test('a loop that decides against its first iteration is passed', () => {
  expect(walk([loop('l', [step('b')]), step('d')])).toEqual(['l?0', 'd']);
});

test('a loop in a loop begins anew each time', () => {
  const steps = [loop('o', [loop('i', [step('x')])])];
  expect(walk(steps, { times: 2 })).toEqual(['o?0', 'i?0', 'x', 'i?1', 'x', 'i?2', 'o?1', 'i?0', 'x', 'i?1', 'x', 'i?2', 'o?2']);
});

test('of branches one body is visited, and then the step behind them', () => {
  const steps = [branches('b', [step('x')], [step('y'), step('z')]), step('end')];
  expect(walk(steps, { times: 1, body: 1 })).toEqual(['b?0', 'y', 'z', 'end']);
});

test('branches at the end of a loop lead back to the loop', () => {
  const steps = [loop('l', [branches('b', [step('x')])]), step('end')];
  expect(walk(steps, { times: 1 })).toEqual(['l?0', 'b?0', 'x', 'l?1', 'end']);
});

test('a cursor survives being stored', () => {
  const steps = [loop('l', [step('a'), step('b')])];
  const stored = JSON.parse(JSON.stringify(advance(steps, enter(firstStep, 0)))) as Cursor;
  expect(stepAt(steps, stored)?.id).toBe('b');
});
