import type { PlannedLoop } from '../../contract/step-task.ts';
import { holds } from '../values.ts';
import type { Decided, Deciding } from './decide.ts';

type While = PlannedLoop & { condition: string };

/** The condition is checked before every iteration. It may name what only the body captures: until then that is the empty text. */
export async function goOnWhile(
  { condition, counterVariable, indexVariable, maxIterations, atLeastOnce }: While,
  iteration: number,
  deciding: Deciding,
): Promise<Decided> {
  const counted = [counterVariable, indexVariable].filter((name) => name !== undefined);
  const kept = counted.map((name) => ({ name, value: String(iteration), sensitive: false }));
  // the condition sees the number of the iteration that it decides about
  for (const value of kept) deciding.values.set(value);
  if (atLeastOnce && iteration === 0) return { decision: { go: 'in', body: 0 }, kept };
  if (!(await holds(condition, { ...deciding, missing: 'empty' }))) return { decision: { go: 'past' }, kept };
  if (iteration >= maxIterations) return { decision: { go: 'past', capped: true }, kept };
  return { decision: { go: 'in', body: 0 }, kept };
}
