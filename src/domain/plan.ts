/** From a runbook to the steps of a job, with every default filled in. */
import type { Action, ActionType, Effect, Runbook, Settings, Step } from '../contract/runbook.ts';
import type { PlannedApproval, PlannedStep } from '../contract/step-task.ts';
import { toMs } from './duration.ts';

export const defaultRetries = 3;
/** What a step gets beyond the time that it waits on purpose. */
const waitMargin = 1_000;

/** What repeating an action means when its step does not say. */
export const defaultEffects: Readonly<Record<ActionType, Effect>> = {
  navigate: 'read',
  wait: 'read',
  hover: 'read',
  scroll: 'read',
  extract: 'read',
  input: 'idempotent',
  select: 'idempotent',
  click: 'once',
  key: 'once',
};

function timeoutOf(step: Step, settings: Settings): number {
  const timeout = step.timeout ?? settings.defaultTimeout;
  return step.action.type === 'wait' && step.action.duration !== undefined ? Math.max(timeout, step.action.duration + waitMargin) : timeout;
}

function freeId(wanted: string, steps: readonly Step[]): string {
  const taken = new Set(steps.map((s) => s.id));
  let id = wanted;
  for (let n = 2; taken.has(id); n += 1) id = `${wanted}-${n}`;
  return id;
}

function startStep(runbook: Runbook): Step[] {
  const url = runbook.metadata?.startUrl;
  if (!url) return [];
  const action: Action = { type: 'navigate', url };
  return [{ id: freeId('start', runbook.steps), ordinal: 0, description: 'Open the start page', action, captures: [] }];
}

/** `approval` alone asks, too. */
function approvalOf({ requiresConfirmation, approval }: Step): PlannedApproval | undefined {
  if (requiresConfirmation !== true && !approval) return undefined;
  const { message, timeout, onTimeout = 'reject', changingParameters = [] } = approval ?? {};
  return { message, onTimeout, changingParameters, ...(timeout !== undefined && { timeoutMs: toMs(timeout) }) };
}

function planStep(step: Step, ordinal: number, settings: Settings): PlannedStep {
  const { requiresConfirmation: _asks, approval: _how, ...rest } = step;
  const approval = approvalOf(step);
  return {
    ...rest,
    ordinal,
    effect: step.effect ?? defaultEffects[step.action.type],
    timeout: timeoutOf(step, settings),
    retries: step.retries ?? defaultRetries,
    continueOnError: step.continueOnError ?? false,
    ...(approval && { approval }),
  };
}

/**
 * A first step `start` opens metadata.startUrl when there is one. `ordinal` is the position in the plan, from 1 (the runbook's own
 * ordinals are not used). `timeout` is in ms.
 */
export function planSteps(runbook: Runbook): PlannedStep[] {
  return [...startStep(runbook), ...runbook.steps].map((step, index) => planStep(step, index + 1, runbook.settings));
}
