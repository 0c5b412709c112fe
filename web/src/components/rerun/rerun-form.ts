/** What a person has filled in for another attempt, what is still missing, and where the api's refusal belongs. Pure. */
import type { Problem } from '../../../../src/contract/error.ts';
import type { JobOptions } from '../../../../src/contract/evidence.ts';
import { chosenOf } from '../evidence/evidence-options.ts';
import type { RerunBody, RerunPlan, RerunStep } from '../../../../src/contract/start.ts';

export type Filled = { from: string; values: Readonly<Record<string, string>>; ticked: ReadonlySet<string> };

/** Steps that happen once, may have happened, and would happen again: each needs a tick. */
export const stepsToTick = (plan: RerunPlan): RerunStep[] => plan.steps.filter((step) => step.needsTick && step.fate !== 'kept');

/** A loop or a case is done again as a whole. */
export const canBegin = ({ depth }: Pick<RerunStep, 'depth'>): boolean => depth === 0;

/** Names of the inputs that must be given before it can start. */
export const missingInputs = (plan: RerunPlan, values: Filled['values']): string[] =>
  plan.inputs.filter((input) => input.required && !values[input.name]).map((input) => input.name);

/** An input that was emptied is sent as empty; one that never had a value is left out. */
export function rerunBody(plan: RerunPlan, { from, values, ticked }: Filled): RerunBody {
  const given = plan.inputs.filter(({ name, value }) => values[name] || (value && values[name] === ''));
  const of = (sensitive: boolean) =>
    Object.fromEntries(given.filter((input) => input.sensitive === sensitive).map(({ name }) => [name, values[name] ?? '']));
  const repeat = stepsToTick(plan).flatMap((step) => (ticked.has(step.id) ? [step.id] : []));
  return {
    ...(from ? { from } : {}),
    inputs: of(false),
    secrets: of(true),
    repeat,
  };
}

/** Options are sent as a whole, and only when they differ: those of the attempt before stay by themselves. */
export function changedOptions(before: JobOptions | undefined, wanted: JobOptions): Pick<RerunBody, 'options'> {
  const [was, is] = [chosenOf(before), chosenOf(wanted)];
  const same = (Object.keys(is) as (keyof JobOptions)[]).every((name) => was[name] === is[name]);
  return same ? {} : { options: wanted };
}

/** `evidence`: what is wrong with the options. */
export type Refusal = { inputs: Record<string, string>; steps: Record<string, string>; rest: string[]; evidence: string };

/** `inputs.month`, `secrets.month` and `month` all mean the field; `repeat.<step>` and the step's id mean the step; `options.…` the evidence; the rest is said beside the button. */
export function placeErrors(plan: RerunPlan, errors: NonNullable<Problem['errors']>): Refusal {
  const refusal: Refusal = { inputs: {}, steps: {}, rest: [], evidence: '' };
  const names = (path: string, name: string): boolean => path === name || path.endsWith(`.${name}`);
  for (const { path, message } of errors) {
    const input = plan.inputs.find((one) => names(path, one.name));
    const step = plan.steps.find((one) => names(path, one.id));
    if (path.startsWith('options.')) refusal.evidence = message;
    else if (step && path.startsWith('repeat')) refusal.steps[step.id] = message;
    else if (input) refusal.inputs[input.name] = message;
    else if (step) refusal.steps[step.id] = message;
    else refusal.rest.push(path ? `${path}: ${message}` : message);
  }
  return refusal;
}

const count = (n: number, one: string): string => `${n} ${one}${n === 1 ? '' : 's'}`;

/** Loops and branches do not count, what is inside them does: "Keeps 8 steps, repeats 1, runs 5 that were not done yet." */
export function consequenceOf(plan: RerunPlan): string {
  const of = (fate: RerunStep['fate']): number => plan.steps.filter((step) => step.fate === fate && !step.container).length;
  const [kept, repeats, runs] = [of('kept'), of('repeats'), of('runs')];
  const parts = [kept > 0 && `keeps ${count(kept, 'step')}`, repeats > 0 && `repeats ${repeats}`, runs > 0 && `runs ${runs} not done yet`];
  const text = parts.filter(Boolean).join(', ');
  return text ? `${text[0]?.toUpperCase()}${text.slice(1)}.` : '';
}
