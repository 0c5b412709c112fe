/** Collections: what is read must have been filled before, and figures need a field when items are rows. */
import { nearest, quoted } from './fields.ts';
import type { Mistakes, Path } from './mistakes.ts';
import { asList, asMap, asText, has, type RawMap } from './raw.ts';
import { allSteps } from './walk.ts';

/** `columns`: names of the values that its rows have; undefined when some items are no rows of captures. */
export type Collection = { columns: Set<string> | undefined; firstAt: string };

/** Every collection that some step appends to. */
export function collectionsOf(root: RawMap): Map<string, Collection> {
  const found = new Map<string, Collection>();
  for (const { step, label } of allSteps(root)) {
    for (const raw of asList(step['memoryOperations'])) {
      const operation = asMap(raw);
      const name = asText(operation['collection']);
      if (operation['type'] !== 'append' || name === undefined) continue;
      const known = found.get(name) ?? { columns: new Set<string>(), firstAt: label };
      if (has(operation, 'source')) known.columns = undefined;
      for (const capture of asList(step['captures'])) known.columns?.add(asText(asMap(capture)['name']) ?? '');
      found.set(name, known);
    }
  }
  return found;
}

/** The collections that steps inside this one append to: in a loop they are filled before its next time. */
export function appendedBy(step: RawMap): string[] {
  return allSteps({ steps: [step] }).flatMap(({ step: one }) =>
    asList(one['memoryOperations']).flatMap((raw) => {
      const { type, collection } = asMap(raw);
      return type === 'append' && typeof collection === 'string' ? [collection] : [];
    }),
  );
}

export type Filled = { known: ReadonlyMap<string, Collection>; filled: Set<string>; mistakes: Mistakes };

export function checkCollection(name: unknown, path: Path, { known, filled, mistakes }: Filled): void {
  if (typeof name !== 'string' || filled.has(name) || mistakes.isFull) return;
  const shown = `\`${name.slice(0, 80)}\``;
  const later = known.get(name);
  if (later)
    return mistakes.add(
      path,
      `the collection ${shown} is still empty here: step ${later.firstAt} adds to it later; move this step behind it`,
    );
  const meant = known.size <= 200 ? nearest(name, [...known.keys()]) : undefined;
  const remedy =
    meant === undefined
      ? `add to it in an earlier step with \`memoryOperations: [{type: append, collection: ${name.slice(0, 40)}}]\``
      : `did you mean \`${meant}\`?`;
  mistakes.add(path, `no step adds to a collection ${shown}; ${remedy}`);
}

const figures: ReadonlySet<string> = new Set(['sum', 'avg', 'min', 'max', 'concat']);

/** Rows have several values: a figure is about one of them. */
export function checkFigure(operation: RawMap, path: Path, { known, mistakes }: Filled): void {
  const columns = known.get(asText(operation['collection']) ?? '')?.columns;
  if (!columns) return;
  const names = [...columns].filter(Boolean);
  const field = asText(operation['field']);
  const kind = asText(operation['operation']) ?? '';
  const shown = quoted(names.slice(0, 20));
  if (field === undefined && figures.has(kind))
    mistakes.add(path, `\`${kind}\` needs \`field\`, because the items of this collection are rows; they have ${shown}`);
  if (field !== undefined && !columns.has(field)) {
    const meant = nearest(field, names);
    mistakes.add(
      [...path, 'field'],
      `no row of this collection has \`${field.slice(0, 80)}\`; ${meant === undefined ? `they have ${shown}` : `did you mean \`${meant}\`?`}`,
    );
  }
}
