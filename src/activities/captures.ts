/** Values that a step captures for later ones. */
import type { Page } from 'playwright';
import type { CapturedValue } from '../contract/job.ts';
import type { Capture } from '../contract/runbook.ts';
import type { HostValue } from '../host/protocol.ts';
import type { Blank } from './blank.ts';
import { cutOff, prepareCutOff } from './cut-off.ts';
import { matchPattern, pageError } from './evaluate.ts';
import { runInPage } from './page-script.ts';
import { race } from './race.ts';
import { StepFailure } from './step-failure.ts';
import { fillExpression, type Values } from './values.ts';

const shownLength = 2_000;
const keptLength = 1_000_000;

export type CaptureTools = { page: Page; values: Values; blank: Blank; signal: AbortSignal; redact: (text: string) => string };

/**
 * In order; each knows those before it. A capture that finds nothing is the empty string, unless it is required. Kept values are cut at a million characters.
 * @throws StepFailure `capture_failed`
 */
export async function takeCaptures(
  captures: readonly Capture[],
  tools: CaptureTools,
): Promise<{ kept: HostValue[]; shown: CapturedValue[] }> {
  const taken: HostValue[] = [];
  for (const capture of captures) {
    const value = (await takeOne(capture, tools)).slice(0, keptLength);
    if (capture.required && value === '')
      throw new StepFailure(
        'capture_failed',
        `The required value ${capture.name} is empty${capture.pattern ? `: nothing matches ${capture.pattern}` : ''}.`,
      );
    const sensitive = tools.values.isSensitive(capture.name) || tools.redact(value) !== value;
    const one = { name: capture.name, value, sensitive };
    tools.values.set(one);
    taken.push(one);
  }
  // one may hold what only a later one has told to be secret
  const kept = taken.map((one) => ({ ...one, sensitive: one.sensitive || tools.redact(one.value) !== one.value }));
  for (const one of kept) tools.values.set(one);
  return { kept, shown: kept.map(asShown) };
}

/** As everybody may see it. */
export function asShown({ name, value, sensitive }: HostValue): CapturedValue {
  if (sensitive) return { name, value: null };
  return value.length > shownLength ? { name, value: value.slice(0, shownLength), truncated: true } : { name, value };
}

async function takeOne(capture: Capture, tools: CaptureTools): Promise<string> {
  try {
    const text = await read(capture, tools);
    if (capture.pattern === undefined) return text;
    return (await matchPattern({ text, pattern: capture.pattern, group: capture.group, blank: tools.blank, signal: tools.signal })) ?? '';
  } catch (error) {
    if (tools.signal.aborted) {
      const answers = capture.strategy !== 'evaluate' || (await cutOff(tools.page));
      const after = answers ? '.' : '; its script was stopped, but the page does not answer any more.';
      throw new StepFailure('capture_failed', `The value ${capture.name} could not be read within the step's time limit${after}`);
    }
    if (error instanceof StepFailure && error.code === 'capture_failed') throw error;
    throw new StepFailure('capture_failed', `The value ${capture.name} could not be read: ${pageError(error)}`);
  }
}

/** `snapshot` is the text that the page shows. */
function read(capture: Capture, { page, values, blank, signal }: CaptureTools): Promise<string> {
  const expression = capture.expression ?? '';
  switch (capture.strategy) {
    case 'url':
      return Promise.resolve(page.url());
    case 'snapshot':
      return race(
        page.evaluate(() => document.body?.innerText ?? ''),
        signal,
      );
    case 'evaluate':
      prepareCutOff(page);
      return race(runInPage(expression, page, values), signal);
    case 'expression':
      return fillExpression(expression, { values, blank, signal });
  }
}
