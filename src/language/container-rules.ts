/** Loops and branches: what goes together, and what they cannot have. */
import { conditionMistake } from './condition-rules.ts';
import type { Mistakes, Path } from './mistakes.ts';
import { asList, asMap, asText, has, isMap, type RawMap } from './raw.ts';
import { actsItself, containerOf } from './walk.ts';

const unused: Record<'condition' | 'forEach', [string, string][]> = {
  condition: [
    ['itemVariable', '`itemVariable` goes with `forEach`; remove it'],
    ['indexVariable', '`indexVariable` goes with `forEach`; a loop with `condition` counts in `counterVariable`'],
  ],
  forEach: [['counterVariable', '`counterVariable` goes with `condition`; a loop with `forEach` counts in `indexVariable`']],
};

const listName = /^(?:[A-Za-z_$][\w$]*|collection:\s*[^\s{}]+)$/;
const oneTemplate = /^\{\{[^]+\}\}$/;

function checkForEach(list: unknown, path: Path, mistakes: Mistakes): void {
  if (typeof list !== 'string') return;
  const text = list.trim();
  if (listName.test(text) || (oneTemplate.test(text) && !text.slice(2).includes('{{'))) return;
  mistakes.add(path, 'must be a variable that holds a JSON list, as in "{{invoices}}", or `collection:<name>`');
}

function checkLoop(step: RawMap, path: Path, mistakes: Mistakes): void {
  const loop = asMap(step['loop']);
  const at = [...path, 'loop'];
  const kinds = (['condition', 'forEach'] as const).filter((field) => has(loop, field));
  if (kinds.length !== 1)
    mistakes.add(
      at,
      `\`loop\` needs exactly one of \`condition\` (goes on while it holds) and \`forEach\` (once for each item), this has ${kinds.length === 0 ? 'none' : 'both'}`,
    );
  for (const kind of kinds.length === 1 ? kinds : [])
    for (const [field, message] of unused[kind]) if (has(loop, field)) mistakes.add([...at, field], message, 'key');
  checkForEach(loop['forEach'], [...at, 'forEach'], mistakes);
  const message = conditionMistake(loop['condition']);
  if (message) mistakes.add([...at, 'condition'], message);
  if (!has(step, 'steps') && !actsItself(step))
    mistakes.add(at, '`loop` has nothing to repeat; add `steps`, or an `action` to this step', 'key');
}

function checkBranches(branches: RawMap, path: Path, mistakes: Mistakes): void {
  const lines = new Map<string, number>();
  asList(branches['cases']).forEach((raw, index) => {
    const match = asText(asMap(raw)['match'])?.trim();
    if (match === undefined) return;
    const at = [...path, 'cases', index, 'match'];
    const before = lines.get(match);
    if (before === undefined) lines.set(match, mistakes.lineOf(at));
    else
      mistakes.add(at, `\`${match.slice(0, 80)}\` is matched by an earlier case (line ${before}), so this one is never taken; remove it`);
  });
}

const askInside = 'cannot stand on a step with `loop` or `branches`; ask at the steps inside, or at a step before';

/** What a container cannot do itself. */
function checkOptions(step: RawMap, path: Path, mistakes: Mistakes): void {
  if (step['requiresConfirmation'] === true)
    mistakes.add([...path, 'requiresConfirmation'], `\`requiresConfirmation\` ${askInside}`, 'key');
  if (isMap(step['approval'])) mistakes.add([...path, 'approval'], `\`approval\` ${askInside}`, 'key');
  if (actsItself(step)) return;
  for (const field of ['probe', 'dialog', 'effect', 'retries'])
    if (has(step, field))
      mistakes.add(
        [...path, field],
        `\`${field}\` does nothing here, because this step has no action of its own; write it on the steps inside`,
        'key',
      );
}

export function checkContainer(step: RawMap, path: Path, mistakes: Mistakes): void {
  const container = containerOf(step);
  if (isMap(step['loop']) && isMap(step['branches']))
    return mistakes.add(
      [...path, 'branches'],
      'a step has `loop` or `branches`, not both; put the step with `branches` into the `steps` of the loop',
      'key',
    );
  if (container === 'branches' && has(step, 'steps'))
    mistakes.add([...path, 'steps'], '`steps` beside `branches` would never run; move them into a case or into `default`', 'key');
  if (container === undefined) {
    if (has(step, 'steps') && step['loop'] !== null)
      mistakes.add(
        [...path, 'steps'],
        '`steps` goes with `loop`; add `loop` to repeat them, or move them to the list around this step',
        'key',
      );
    return;
  }
  if (container === 'loop') checkLoop(step, path, mistakes);
  else checkBranches(asMap(step['branches']), [...path, 'branches'], mistakes);
  checkOptions(step, path, mistakes);
}
