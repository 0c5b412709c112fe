import type { PlannedBranches } from '../../contract/step-task.ts';
import { references } from '../../domain/bindings.ts';
import { fillExpression } from '../values.ts';
import type { Decided, Deciding } from './decide.ts';

const longestShown = 2_000;

/** The first case whose text is the value's, white space around both left out; else the default, else none. */
export async function chooseBranch({ variable, matches, hasDefault }: PlannedBranches, deciding: Deciding): Promise<Decided> {
  const { values, redact } = deciding;
  const text = (await fillExpression(variable, deciding)).trim();
  const named = references(variable.includes('{{') ? variable : `{{ ${variable} }}`);
  const hidden = named.some((name) => values.isSensitive(name)) || redact(text) !== text;
  const value = hidden ? null : text.slice(0, longestShown);
  const found = matches.findIndex((match) => match.trim() === text);
  const body = found === -1 && hasDefault ? matches.length : found;
  return { decision: body === -1 ? { go: 'past', value } : { go: 'in', body, value }, kept: [] };
}
