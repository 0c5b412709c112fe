/** What a container decides about its bodies. Everything that is evaluated, is evaluated in the blank page. */
import type { Decision, PlannedStep } from '../../contract/step-task.ts';
import type { HostValue } from '../../host/protocol.ts';
import { StepFailure } from '../step-failure.ts';
import type { StepHost } from '../step-host.ts';
import type { Filling } from '../values.ts';
import { chooseBranch } from './branches.ts';
import { nextItem } from './for-each.ts';
import { goOnWhile } from './while.ts';

export type Deciding = Filling & { host: Pick<StepHost, 'collection' | 'item'>; redact: (text: string) => string };
/** `kept`: the variables of the iteration */
export type Decided = { decision: Decision; kept: HostValue[] };

/**
 * @param iteration from 0; of branches always 0
 * @throws StepFailure `value_missing` when the list, the condition or the value cannot be had
 */
export function decide(step: Pick<PlannedStep, 'id' | 'loop' | 'branches'>, iteration: number, deciding: Deciding): Promise<Decided> {
  const { loop, branches, id } = step;
  if (branches) return chooseBranch(branches, deciding);
  if (loop?.forEach !== undefined) return nextItem({ ...loop, forEach: loop.forEach, id }, iteration, deciding);
  if (loop?.condition !== undefined) return goOnWhile({ ...loop, condition: loop.condition }, iteration, deciding);
  return Promise.reject(new StepFailure('value_missing', 'The step has neither a condition, nor a list, nor branches to decide about.'));
}
