/** What the steps of a rerun read, and which of it is gone with the attempt before. */
import type { CapturedValue, JobState } from '../contract/job.ts';
import type { PlannedStep } from '../contract/step-task.ts';
import { extractedName, identifiers, parseTemplate, references } from './bindings.ts';

/** Where a value came from that a later attempt cannot have any more, and why. */
type Gone = { step: PlannedStep; why: string };

/** In JavaScript only `{{name}}` is a template; a script with anything more is left as it is, and reads nothing. */
const readByScript = (script: string): string[] => (parseTemplate(script).some((token) => 'expression' in token) ? [] : references(script));

function readDeep(value: unknown): string[] {
  if (typeof value === 'string') return references(value);
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(readDeep) : [];
}

function readByAction({ action, approval }: PlannedStep): string[] {
  const { type: _type, ...fields } = action;
  const message = readDeep(approval?.message);
  const script = 'script' in fields ? fields.script : undefined;
  return script !== undefined ? [...readByScript(script), ...message] : [...readDeep(fields), ...message];
}

function readByCapture({ strategy, expression = '' }: PlannedStep['captures'][number]): string[] {
  if (strategy === 'evaluate') return readByScript(expression);
  if (strategy !== 'expression') return [];
  return expression.includes('{{') ? references(expression) : identifiers(expression);
}

function whyGone(shown: CapturedValue | undefined): string | undefined {
  if (!shown) return 'was not kept';
  if (shown.value === null) return 'is sensitive, and such values are forgotten when a job ends';
  return shown.truncated ? 'is too long: only its beginning was kept' : undefined;
}

/** By name, what the kept steps left and the job did not keep; the last step that captured a name counts. */
function goneValues(kept: readonly PlannedStep[], state: JobState): Map<string, Gone> {
  const gone = new Map<string, Gone>();
  for (const step of kept) {
    const captures = state.steps.find(({ id }) => id === step.id)?.captures ?? [];
    if (step.action.type === 'extract') gone.set(extractedName, { step, why: 'is kept only while a job runs' });
    for (const { name } of step.captures) {
      const why = whyGone(captures.findLast((shown) => shown.name === name));
      if (why === undefined) gone.delete(name);
      else gone.set(name, { step, why });
    }
  }
  return gone;
}

/** One sentence for each value that a step from `begin` on reads, that a step before it gave, and that is gone. */
export function lostValues(steps: readonly PlannedStep[], state: JobState, begin: number): string[] {
  const gone = goneValues(steps.slice(0, begin), state);
  const found: string[] = [];
  const read = (step: PlannedStep, names: readonly string[]): void => {
    for (const name of names) {
      const lost = gone.get(name);
      if (!lost) continue;
      const from = `step ${lost.step.ordinal} (${lost.step.description})`;
      found.push(
        `step ${step.ordinal} uses {{${name}}}, which ${from} gave and which ${lost.why}; begin at step ${lost.step.ordinal} or before`,
      );
      gone.delete(name);
    }
  };
  for (const step of steps.slice(begin)) {
    read(step, readByAction(step));
    if (step.action.type === 'extract') gone.delete(extractedName);
    for (const capture of step.captures) {
      read(step, readByCapture(capture));
      gone.delete(capture.name);
    }
  }
  return found;
}

/** Values of the steps before `begin` that a rerun starts with. */
export function keptValues(steps: readonly PlannedStep[], state: JobState, begin: number): { name: string; value: string }[] {
  const ids = new Set(steps.slice(0, begin).map(({ id }) => id));
  const kept = new Map<string, string>();
  for (const { id, captures } of state.steps) {
    if (!ids.has(id)) continue;
    for (const { name, value, truncated } of captures) {
      if (value !== null && !truncated) kept.set(name, value);
      else kept.delete(name);
    }
  }
  return [...kept].map(([name, value]) => ({ name, value }));
}
