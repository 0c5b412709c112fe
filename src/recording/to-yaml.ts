/** The draft as the YAML of a runbook. */
import { Document, isMap, isSeq } from 'yaml';
import type { Draft, DraftStep } from './draft.ts';
import type { Input } from './inputs.ts';
import type { Recording } from './read-recording.ts';

const longestTitle = 200;

/** A secret is asked for; anything else stays what was typed, so that the runbook runs as it is. */
const variableOf = ({ description, value }: Input) =>
  value === null ? { source: 'prompt', description, sensitive: true } : { source: 'fixed', description, value };

function variablesOf(draft: Draft) {
  const inputs = draft.inputs.list();
  return inputs.length === 0 ? {} : { variables: Object.fromEntries(inputs.map((input) => [input.name, variableOf(input)])) };
}

/** Addresses may bear what was typed. */
function withoutSecrets(step: DraftStep, draft: Draft): DraftStep {
  const { action } = step;
  if ((action.type !== 'navigate' && action.type !== 'wait') || action.url === undefined) return step;
  return { ...step, action: { ...action, url: draft.inputs.hide(action.url) } };
}

/** Nothing comes after it that another tab would disturb. */
const isClosing = ({ action }: DraftStep): boolean => action.type === 'extract';

function stepsOf(draft: Draft): DraftStep[] {
  const steps = draft.steps.map((step) => withoutSecrets(step, draft));
  return steps.slice(0, steps.findLastIndex((step) => !isClosing(step)) + 1);
}

/** The address that the first step opens is where the runbook starts. */
function split(steps: DraftStep[]): { startUrl?: string; steps: DraftStep[] } {
  const [first, ...others] = steps;
  if (first?.action.type !== 'navigate' || others.length === 0 || first.timeout !== undefined) return { steps };
  return { startUrl: first.action.url, steps: others };
}

const settingsOf = ({ timeout }: Recording, { viewport }: Draft) => ({
  ...(timeout !== undefined && { defaultTimeout: timeout }),
  ...(viewport && { viewport }),
});

/** Null when there is no step. */
export function toYaml(recording: Recording, draft: Draft): string | null {
  const { startUrl, steps } = split(stepsOf(draft));
  if (steps.length === 0) return null;
  const document = new Document({
    title: recording.title.trim().slice(0, longestTitle) || 'A recording',
    settings: settingsOf(recording, draft),
    ...(startUrl !== undefined && { metadata: { startUrl } }),
    ...variablesOf(draft),
    steps: steps.map(({ description, action, timeout }) => ({ description, action, ...(timeout !== undefined && { timeout }) })),
    ...(draft.notes.length > 0 && { notes: draft.notes.join('\n') }),
  });
  comment(document, steps);
  return document.toString({ lineWidth: 0 });
}

function comment(document: Document, steps: DraftStep[]): void {
  document.commentBefore = ' Made of a recording of Chrome DevTools.';
  const list = document.get('steps');
  if (!isSeq(list)) return;
  list.items.forEach((item, index) => {
    const text = steps[index]?.comment;
    if (isMap(item) && text !== undefined) item.commentBefore = text;
  });
}
