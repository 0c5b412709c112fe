/** Chrome DevTools recordings (Recorder panel, “Export as JSON”) become runbooks. */
import type { RunbookMistake } from '../contract/runbook.ts';
import { knowSecrets } from './change.ts';
import { Draft } from './draft.ts';
import { readRecording, withoutSourceMap } from './read-recording.ts';
import { toSelector } from './selectors.ts';
import { convert } from './steps.ts';
import { toYaml } from './to-yaml.ts';

export type ImportedRecording = {
  /** YAML of the runbook; null when there are errors */
  source: string | null;
  title: string | null;
  errors: RunbookMistake[];
  /** what a runbook cannot do, and was left out or done in another way */
  warnings: RunbookMistake[];
};

const largest = 512 * 1024;
const recordedStep =
  /"type"\s*:\s*"(setViewport|navigate|click|doubleClick|change|keyDown|keyUp|hover|scroll|close|waitForElement|waitForExpression|customStep|emulateNetworkConditions)"/;

type Guess = { steps?: unknown; settings?: unknown };
/** A runbook may be written as JSON, too: its steps have an `action`. */
const hasRunbookSteps = (steps: unknown[]): boolean => steps.some((step) => typeof step === 'object' && step !== null && 'action' in step);

/** Whether the text is meant as a recording, be it a correct one or not. Cheap; never throws. */
export function isRecording(source: string): boolean {
  const text = withoutSourceMap(source).trimStart();
  if (!text.startsWith('{') || text.length > largest * 2) return false;
  try {
    const { steps, settings } = JSON.parse(text) as Guess;
    if (!Array.isArray(steps) || settings !== undefined || hasRunbookSteps(steps)) return false;
    return steps.length === 0 || steps.some((step) => typeof step === 'object' && step !== null && 'type' in step);
  } catch {
    return /"steps"\s*:/.test(text) && recordedStep.test(text) && !/"action"\s*:/.test(text);
  }
}

/** Never throws. Positions are those of the recording's text. */
export function importRecording(text: string): ImportedRecording {
  const { recording, mistakes, locate } = readRecording(text);
  if (!recording) return { source: null, title: null, errors: mistakes, warnings: [] };
  const draft = new Draft(locate);
  knowSecrets(recording.steps, draft, (step) => toSelector(step, true));
  for (const step of recording.steps) convert(step, draft);
  const { errors, warnings } = draft;
  const source = errors.length === 0 ? toYaml(recording, draft) : null;
  if (source === null && errors.length === 0) errors.push(locate(['steps'], 'there is no step in it that a runbook could carry out'));
  return { source, title: recording.title, errors, warnings };
}
