/** The variables of a job that are computed in its browser before the first step. */
import type { HostValue } from '../host/protocol.ts';
import type { Blank } from './blank.ts';
import type { ExpressionVariable } from './dependencies.ts';
import { startLimit } from './limit.ts';
import { StepFailure } from './step-failure.ts';
import { fillTemplate, type Values } from './values.ts';

const expressionMs = 10_000;

type Evaluation = { values: Values; blank: Blank; signal: AbortSignal };

/**
 * In their order; each knows those before it, and is added to `values`.
 * @throws StepFailure `value_missing` when a required one gives nothing
 */
export async function evaluateAll(expressions: readonly ExpressionVariable[], evaluation: Evaluation): Promise<HostValue[]> {
  const computed: HostValue[] = [];
  for (const variable of expressions) {
    const value = { name: variable.name, value: await evaluateOne(variable, evaluation), sensitive: variable.sensitive };
    evaluation.values.set(value);
    computed.push(value);
  }
  return computed;
}

async function evaluateOne({ name, expression, required }: ExpressionVariable, { values, blank, signal }: Evaluation): Promise<string> {
  const limit = startLimit(expressionMs);
  try {
    const value = await fillTemplate(expression, { values, blank, signal: AbortSignal.any([signal, limit.signal]) });
    if (value === '' && required)
      throw new StepFailure('value_missing', `The required variable ${name} is empty: its expression gives nothing.`);
    return value;
  } catch (error) {
    if (signal.aborted || !(error instanceof StepFailure)) throw error;
    if (!required) return '';
    throw new StepFailure('value_missing', `The variable ${name} has no value. ${error.message}`);
  } finally {
    limit.end();
  }
}
