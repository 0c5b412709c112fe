/** What a task comes to: a step carried out with its captures and collections, a decision, or the answer of a probe. */
import type { CapturedValue, StepFile } from '../contract/job.ts';
import type { Decision } from '../contract/step-task.ts';
import { extractedName } from '../domain/bindings.ts';
import type { Redactor } from '../domain/redact.ts';
import type { Appended, HostValue } from '../host/protocol.ts';
import { takeCaptures } from './captures.ts';
import { askProbe } from './ask-probe.ts';
import { createContext, type AttemptInput, type Prepared } from './create-context.ts';
import { decide } from './decisions/decide.ts';
import type { Limit } from './limit.ts';
import { isGone, type Inspection } from './look/inspection.ts';
import { remember } from './memory/remember.ts';
import { race } from './race.ts';
import type { Search, StepOutcome } from './step-context.ts';
import { StepFailure } from './step-failure.ts';
import { carryOut } from './steps/index.ts';
import { holds, type Values } from './values.ts';

export type Work = { input: AttemptInput; limit: Limit; search: Search; values: Values; redact: Redactor };
/** `shown` may be seen by everybody; `kept` and `appends` go into the ledger. */
export type Performed = {
  shown: CapturedValue[];
  kept: HostValue[];
  appends?: Appended[];
  files?: StepFile[];
  decision?: Decision;
  happened?: boolean;
};

/**
 * @returns undefined when the step's `when` does not hold: nothing was done
 * @throws StepFailure, Interrupted, BrowserGone; Looked when it ends before it acts: it was a look, or the page is not what was approved any more
 */
export async function perform(work: Work): Promise<Performed | undefined> {
  const { task, attached, host } = work.input;
  const prepared = createContext(work);
  const { waiting } = prepared.context;
  const filling = { values: work.values, blank: attached.blank, signal: waiting };
  if (task.probe) return { shown: [], kept: [], happened: await askProbe(prepared.context) };
  const { when } = task.step;
  if (when !== undefined && (task.decide?.iteration ?? 0) === 0 && !(await holds(when, filling))) return undefined;
  if (!task.decide) return carryOutAndKeep(work, prepared);
  return { shown: [], ...(await decide(task.step, task.decide.iteration, { ...filling, host, redact: work.redact })) };
}

async function carryOutAndKeep(work: Work, prepared: Prepared): Promise<Performed> {
  const { input, limit, values, redact } = work;
  const { task, attached, host, room } = input;
  const over = AbortSignal.any([limit.signal, attached.gone]);
  const net = AbortSignal.any([limit.overdue, attached.gone]);
  const { extracted, files } = await race(carryOutInspected(input, prepared), net);
  const kept = extracted === undefined ? [] : [{ name: extractedName, value: extracted, sensitive: redact(extracted) !== extracted }];
  for (const value of kept) values.set(value);
  const { captures, memoryOperations = [] } = task.step;
  const captured = await takeCaptures(captures, { page: attached.page(), values, blank: attached.blank, signal: over, redact });
  const memory = { captured: captured.kept, extracted: kept[0], values, redact, room, rows: (name: string) => host.collection(name) };
  const remembered = await remember(memoryOperations, memory);
  return {
    shown: [...captured.shown, ...remembered.shown],
    kept: [...kept, ...captured.kept, ...remembered.kept],
    ...(remembered.appends.length > 0 && { appends: remembered.appends }),
    ...(files && files.length > 0 && { files }),
  };
}

async function carryOutInspected({ task }: AttemptInput, { context, inspection }: Prepared): Promise<StepOutcome> {
  try {
    return await carryOut(task.step.action, context);
  } catch (error) {
    if (inspection && isGone(error)) await lookAround(inspection);
    throw error;
  }
}

/** The step has failed already: that it cannot be looked at either adds nothing. */
async function lookAround(inspection: Inspection): Promise<void> {
  try {
    await inspection.whenGone();
  } catch (error) {
    if (!(error instanceof StepFailure)) throw error;
  }
}
