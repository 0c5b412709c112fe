/**
 * Where a job stands in its runbook, as data: it can be stored, continued as new, shown, and set to any step. A stack of frames, one for each
 * level of nesting; every level but the outermost is the body of a step.
 */
export type Frame = { index: number };
export type Cursor = readonly Frame[];

export const firstStep: Cursor = [{ index: 0 }];

type Nested = { steps?: readonly Nested[] };

function listAt<S>(steps: readonly S[], cursor: Cursor): readonly S[] {
  return cursor
    .slice(0, -1)
    .reduce<readonly S[]>((list, frame) => ((list[frame.index] as Nested | undefined)?.steps as readonly S[] | undefined) ?? [], steps);
}

/** The step that the cursor points at; undefined at the end. */
export function stepAt<S>(steps: readonly S[], cursor: Cursor): S | undefined {
  const last = cursor.at(-1);
  return last && listAt(steps, cursor)[last.index];
}

/** The next step of the same level; at a level's end the step after the one that holds it. */
export function advance<S>(steps: readonly S[], cursor: Cursor): Cursor {
  const last = cursor.at(-1);
  if (!last) return cursor;
  const next = [...cursor.slice(0, -1), { index: last.index + 1 }];
  const levelEnded = last.index + 1 >= listAt(steps, cursor).length;
  return levelEnded && cursor.length > 1 ? advance(steps, cursor.slice(0, -1)) : next;
}
