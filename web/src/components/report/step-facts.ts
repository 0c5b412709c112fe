/** The small lines below a step of a report. Pure. */
import type { StepExecutionResult } from '../../../../src/contract/report.ts';
import { bytes } from '../../format/bytes.ts';
import { dialogWords, skipReasons } from '../../status/vocabulary.ts';
import { runsWords } from '../timeline/loop-words.ts';

const times = (n: number): string => `${n} ${n === 1 ? 'time' : 'times'}`;

function repeats({ retries, attempts, runs }: StepExecutionResult): string[] {
  return [
    runs ? `Repeated: ${runsWords(runs)}; the time is that of the last` : '',
    retries > 0 ? `Looked for ${times(retries)} again` : '',
    attempts > 1 && !runs ? `Carried out in attempt ${attempts}` : '',
  ];
}

function looked({ matchedBy, missedSelectors = [] }: StepExecutionResult): string[] {
  if (missedSelectors.length === 0) return [];
  return [`Found by ${matchedBy ?? 'another field'}, not by ${missedSelectors.join(', ')}`];
}

/** What it took from the page. `cut`: only the beginning was kept. */
export function valuesOf({
  capturedValues = {},
  truncatedValues = [],
}: StepExecutionResult): { name: string; text: string; cut: boolean }[] {
  return Object.entries(capturedValues).map(([name, value]) => ({ name, text: value || '(empty)', cut: truncatedValues.includes(name) }));
}

/** One sentence each; empty when there is nothing to tell. */
export function factsOf(step: StepExecutionResult): string[] {
  const { skippedBecause, files = [], dialogs = [] } = step;
  return [
    skippedBecause
      ? `Skipped: ${skippedBecause in skipReasons ? skipReasons[skippedBecause as keyof typeof skipReasons] : skippedBecause}`
      : '',
    ...repeats(step),
    ...looked(step),
    ...files.map(({ kind, name, bytes: size }) => `${kind === 'export' ? 'Exported' : 'Downloaded'} ${name}, ${bytes(size)}`),
    ...dialogs.map(({ type, message, answer }) => `${dialogWords[type] ?? 'Dialog'} “${message}” was ${answer}`),
  ].filter(Boolean);
}
