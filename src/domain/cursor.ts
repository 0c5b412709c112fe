/**
 * Where a job stands in its runbook, as data: it can be stored, continued as new, shown, and set to any step. A stack of frames, one for each
 * level of nesting; every level but the outermost is a body of the container that the frame before it points at.
 */
import type { PlannedStep } from '../contract/step-task.ts';

/** `iteration`: the one of a loop that is decided about or carried out, from 0. `body`: the body that the next frame is in. */
export type Frame = { index: number; iteration?: number; body?: number };
export type Cursor = readonly Frame[];

export const firstStep: Cursor = [{ index: 0 }];

type Steps = readonly PlannedStep[];

function listAt(steps: Steps, cursor: Cursor): Steps {
  return cursor.slice(0, -1).reduce<Steps>((list, { index, body = 0 }) => list[index]?.bodies?.[body] ?? [], steps);
}

/** The step that the cursor points at; undefined at the end. A container that is pointed at has to decide. */
export function stepAt(steps: Steps, cursor: Cursor): PlannedStep | undefined {
  const last = cursor.at(-1);
  return last && listAt(steps, cursor)[last.index];
}

export const isContainer = (step: Pick<PlannedStep, 'loop' | 'branches'>): boolean => Boolean(step.loop ?? step.branches);

/** Which iteration the container at the cursor is to decide about. */
export const iterationAt = (cursor: Cursor): number => cursor.at(-1)?.iteration ?? 0;

/** Of the loops around the step at the cursor, outermost first: which iteration each of them is in. */
export const iterationsOf = (steps: Steps, cursor: Cursor): number[] =>
  cursor.slice(0, -1).flatMap(({ iteration = 0 }, depth) => (stepAt(steps, cursor.slice(0, depth + 1))?.loop ? [iteration] : []));

/** Behind the step: the next one of its level; at the end of a level, back to the loop that decides about the next iteration, or behind the branches. */
export function advance(steps: Steps, cursor: Cursor): Cursor {
  const last = cursor.at(-1);
  if (!last) return cursor;
  const outer = cursor.slice(0, -1);
  if (last.index + 1 < listAt(steps, cursor).length || outer.length === 0) return [...outer, { index: last.index + 1 }];
  const { index, iteration = 0 } = outer.at(-1) as Frame;
  const container = stepAt(steps, outer);
  return container?.loop ? [...outer.slice(0, -1), { index, iteration: iteration + 1 }] : advance(steps, outer);
}

/** The first step of a body of the container at the cursor. */
export function enter(cursor: Cursor, body: number): Cursor {
  const last = cursor.at(-1);
  return last ? [...cursor.slice(0, -1), { ...last, body }, { index: 0 }] : cursor;
}

/**
 * Behind the body in which a step has failed, when a container around it goes on all the same: at the next iteration of a loop, or behind the branches. `depth` is how many
 * frames lead to that container. Undefined: none does.
 */
export function afterFailure(steps: Steps, cursor: Cursor): { cursor: Cursor; depth: number } | undefined {
  for (let depth = cursor.length - 1; depth > 0; depth -= 1) {
    const outer = cursor.slice(0, depth);
    const container = stepAt(steps, outer);
    if (!container?.continueOnError) continue;
    const { index, iteration = 0 } = outer.at(-1) as Frame;
    return { cursor: container.loop ? [...outer.slice(0, -1), { index, iteration: iteration + 1 }] : advance(steps, outer), depth };
  }
  return undefined;
}
