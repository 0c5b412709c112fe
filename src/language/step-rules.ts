/** Rules about steps that shapes cannot say: which fields go together, at every depth. They read data that may be wrong in other ways too. */
import type { ActionType } from '../contract/action.ts';
import { defaultEffects } from '../domain/plan.ts';
import { checkAction, checkProbe } from './action-rules.ts';
import { checkApproval } from './approval-rules.ts';
import { checkCapture } from './capture-rules.ts';
import { conditionMistake } from './condition-rules.ts';
import { checkContainer } from './container-rules.ts';
import type { Mistakes, Path } from './mistakes.ts';
import { asList, asMap, asText, has, isMap, type RawMap } from './raw.ts';
import { actsItself, allSteps, containerOf, type PlacedStep } from './walk.ts';

function checkIds(steps: readonly PlacedStep[], mistakes: Mistakes): void {
  const first = new Map<string, Path>();
  for (const { step, path } of steps) {
    const id = asText(step['id']);
    if (id === undefined) continue;
    const other = first.get(id);
    if (other === undefined) first.set(id, path);
    else
      mistakes.add(
        [...path, 'id'],
        `the id \`${id.slice(0, 80)}\` is used by an earlier step (line ${mistakes.lineOf(other)}); ids must differ in the whole runbook`,
      );
  }
}

/** A probe answers whether something has happened: only for what happens once. */
function checkProbeOf(step: RawMap, path: Path, mistakes: Mistakes): void {
  const probe = step['probe'];
  if (!isMap(probe)) return;
  const type = asText(asMap(step['action'])['type']) ?? '';
  const effect = asText(step['effect']) ?? (Object.hasOwn(defaultEffects, type) ? defaultEffects[type as ActionType] : 'once');
  if (effect !== 'once')
    mistakes.add(
      [...path, 'probe'],
      `\`probe\` is asked only for steps that happen once, and the effect of this one is \`${effect}\`; remove it`,
      'key',
    );
  checkProbe(probe, [...path, 'probe'], mistakes);
}

function checkDialog(dialog: unknown, path: Path, mistakes: Mistakes): void {
  if (isMap(dialog) && dialog['accept'] === false && has(dialog, 'text'))
    mistakes.add([...path, 'text'], '`text` answers a dialog that is accepted; write `accept: true`, or remove it', 'key');
}

function checkMemory(step: RawMap, path: Path, mistakes: Mistakes): void {
  const type = asText(asMap(step['action'])['type']);
  if (type === 'memory' && containerOf(step) === undefined && !actsItself(step))
    mistakes.add([...path, 'action'], '`memory` does nothing by itself; add `captures` or `memoryOperations` to the step');
  asList(step['memoryOperations']).forEach((raw, index) => {
    const operation = asMap(raw);
    if (operation['type'] === 'append' && !has(operation, 'source') && asList(step['captures']).length === 0)
      mistakes.add(
        [...path, 'memoryOperations', index],
        '`append` adds what its step captures, and this one captures nothing; add `captures`, or say with `source` what is added',
      );
  });
}

function checkStep({ step, path }: PlacedStep, mistakes: Mistakes): void {
  const action = step['action'];
  if (isMap(action)) {
    checkAction(action, [...path, 'action'], mistakes);
    const condition = conditionMistake(action['condition']);
    if (condition) mistakes.add([...path, 'action', 'condition'], condition);
  }
  const when = conditionMistake(step['when']);
  if (when) mistakes.add([...path, 'when'], when);
  const probed = conditionMistake(asMap(step['probe'])['condition']);
  if (probed) mistakes.add([...path, 'probe', 'condition'], probed);
  checkApproval(step, path, mistakes);
  checkContainer(step, path, mistakes);
  checkProbeOf(step, path, mistakes);
  checkDialog(step['dialog'], [...path, 'dialog'], mistakes);
  checkMemory(step, path, mistakes);
  asList(step['captures']).forEach((capture, c) => {
    if (isMap(capture)) checkCapture(capture, [...path, 'captures', c], mistakes);
  });
}

export function checkSteps(root: RawMap, mistakes: Mistakes): void {
  const steps = allSteps(root);
  checkIds(steps, mistakes);
  for (const placed of steps) checkStep(placed, mistakes);
}
