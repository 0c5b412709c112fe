/** From a runbook to the steps of a job, with every default filled in. */
import type { Action, ActionType } from '../contract/action.ts';
import type { Effect, Runbook, Settings, Step } from '../contract/runbook.ts';
import type { PlannedStepSummary } from '../contract/job.ts';
import type { PlannedApproval, PlannedStep } from '../contract/step-task.ts';
import { references } from './bindings.ts';
import { toMs } from './duration.ts';
import { namesGivenBy } from './reading.ts';

export const defaultRetries = 3;
export const defaultIterations = 100;
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
  export: 'read',
  memory: 'read',
  assert: 'read',
  click: 'once',
  key: 'once',
  download: 'once',
  upload: 'once',
};

function timeoutOf(step: Pick<Step, 'timeout' | 'action'>, settings: Settings): number {
  const timeout = step.timeout ?? settings.defaultTimeout;
  return step.action.type === 'wait' && step.action.duration !== undefined ? Math.max(timeout, step.action.duration + waitMargin) : timeout;
}

function allIds(steps: readonly Step[]): string[] {
  return steps.flatMap((step) => [step.id, ...allIds(insideOf(step))]);
}

function freeId(wanted: string, taken: Set<string>): string {
  let id = wanted;
  for (let n = 2; taken.has(id); n += 1) id = `${wanted}-${n}`;
  taken.add(id);
  return id;
}

function startStep(runbook: Runbook, taken: Set<string>): Step[] {
  const url = runbook.metadata?.startUrl;
  if (!url) return [];
  const action: Action = { type: 'navigate', url };
  return [{ id: freeId('start', taken), ordinal: 0, description: 'Open the start page', action, captures: [] }];
}

/** `approval` alone asks, too. */
function approvalOf({ requiresConfirmation, approval }: Step): PlannedApproval | undefined {
  if (requiresConfirmation !== true && !approval) return undefined;
  const { message, timeout, onTimeout = 'reject', changingParameters = [] } = approval ?? {};
  return { message, onTimeout, changingParameters, ...(timeout !== undefined && { timeoutMs: toMs(timeout) }) };
}

/** Counts the steps in the order of the runbook, containers included, from 1. */
type Planning = { settings: Settings; taken: Set<string>; count: number; runbook: Runbook };

function planStep(step: Step, planning: Planning): PlannedStep {
  const { requiresConfirmation: _asks, approval: _how, loop: _loop, branches: _branches, steps: _steps, ...rest } = step;
  const approval = approvalOf(step);
  planning.count += 1;
  return {
    ...rest,
    ordinal: planning.count,
    effect: step.effect ?? defaultEffects[step.action.type],
    timeout: timeoutOf(step, planning.settings),
    retries: step.retries ?? defaultRetries,
    continueOnError: step.continueOnError ?? false,
    ...(approval && { approval }),
  };
}

/** Whether a container does something itself. */
const acts = ({ action, captures, memoryOperations = [] }: Step): boolean =>
  action.type !== 'memory' || captures.length > 0 || memoryOperations.length > 0;

/** What only the own action of a container needs. */
function ownAction(step: Step, planning: Planning): Step {
  const { loop: _loop, steps: _steps, branches: _branches, when: _when, ...own } = step;
  return { ...own, id: freeId(`${step.id}.action`, planning.taken) };
}

function container(step: Step, planning: Planning): PlannedStep {
  const { id, ordinal, description, url, when, timeout, continueOnError } = step;
  return planStep(
    { id, ordinal, description, url, when, timeout, continueOnError, action: { type: 'memory' }, captures: [], effect: 'read' },
    planning,
  );
}

/** Names that the step, or one inside it, gives a value. */
const givenBy = (step: Step): string[] => [...namesGivenBy(step), ...insideOf(step).flatMap(givenBy)];

const insideOf = ({ steps = [], branches }: Step): Step[] => [
  ...steps,
  ...(branches?.cases ?? []).flatMap((one) => one.steps),
  ...(branches?.default ?? []),
];

const givenOutside = (steps: readonly Step[], loop: Step): string[] =>
  steps.flatMap((step) => (step === loop ? [] : [...namesGivenBy(step), ...givenOutside(insideOf(step), loop)]));

/** Whether the condition reads a value that comes from inside the loop alone: before the first iteration there is nothing to ask. */
function readsItself(step: Step, { runbook }: Planning): boolean {
  const { condition } = step.loop ?? {};
  if (condition === undefined) return false;
  const outside = new Set([...Object.keys(runbook.variables), ...givenOutside(runbook.steps, step)]);
  const inside = new Set(givenBy(step));
  return references(condition.includes('{{') ? condition : `{{ ${condition} }}`).some((name) => inside.has(name) && !outside.has(name));
}

/** Which pictures are kept goes for everything inside that does not say otherwise. */
const handedDown = ({ screenshot }: Step, steps: readonly Step[]): readonly Step[] =>
  screenshot === undefined ? steps : steps.map((step) => ({ ...step, screenshot: step.screenshot ?? screenshot }));

/**
 * The own action of a loop comes last in each iteration. It leads to the next one (“Next page”), so with a condition it comes only when that still holds.
 */
function planLoop(step: Step, planning: Planning): PlannedStep {
  const planned = container(step, planning);
  const body = planList(handedDown(step, step.steps ?? []), planning);
  if (acts(step)) body.push(planStep({ ...ownAction(step, planning), when: step.loop?.condition }, planning));
  const { maxIterations = defaultIterations } = step.loop ?? {};
  const loop = { ...step.loop, maxIterations, ...(readsItself(step, planning) && { atLeastOnce: true as const }) };
  return { ...planned, loop, bodies: [body] };
}

/** The own action of branches comes before them, under their `when`. */
function planBranches(step: Step, planning: Planning): PlannedStep[] {
  const { branches } = step;
  if (!branches) return [];
  const own = acts(step) ? [planStep({ ...ownAction(step, planning), when: step.when }, planning)] : [];
  const planned = container(step, planning);
  const bodies = [...branches.cases.map((one) => one.steps), ...(branches.default ? [branches.default] : [])];
  const { variable, cases } = branches;
  return [
    ...own,
    {
      ...planned,
      branches: { variable, matches: cases.map(({ match }) => match), hasDefault: branches.default !== undefined },
      bodies: bodies.map((steps) => planList(handedDown(step, steps), planning)),
    },
  ];
}

function planList(steps: readonly Step[], planning: Planning): PlannedStep[] {
  return steps.flatMap((step) =>
    step.loop ? [planLoop(step, planning)] : step.branches ? planBranches(step, planning) : [planStep(step, planning)],
  );
}

/**
 * A first step `start` opens metadata.startUrl when there is one. `ordinal` is the position in the plan, from 1, steps inside others counted where they stand (the
 * runbook's own ordinals are not used). The own action of a container becomes a step `<id>.action`. `timeout` is in ms.
 */
export function planSteps(runbook: Runbook): PlannedStep[] {
  const taken = new Set(allIds(runbook.steps));
  const planning: Planning = { settings: runbook.settings, taken, count: 0, runbook };
  return planList([...startStep(runbook, taken), ...runbook.steps], planning);
}

/** A step of the plan with its place: steps inside a container follow it and are one deeper. `branch` on the outermost steps of a case; null for the default. */
export type PlacedStep = { step: PlannedStep; depth: number; branch?: string | null };

/** All steps in their order, those inside others included. */
export function placed(steps: readonly PlannedStep[], depth = 0): PlacedStep[] {
  return steps.flatMap((step) => [
    { step, depth },
    ...(step.bodies ?? []).flatMap((body, index) =>
      placed(body, depth + 1).map((one) =>
        step.branches && one.depth === depth + 1 ? { ...one, branch: step.branches.matches[index] ?? null } : one,
      ),
    ),
  ]);
}

function summaryOf({ step, depth, branch }: PlacedStep): PlannedStepSummary {
  const { id, ordinal, description, action, effect, riskLevel, approval } = step;
  const container = step.loop ? 'loop' : step.branches ? 'branches' : undefined;
  return {
    ...{ id, ordinal, description, effect, action: container ?? action.type },
    ...(riskLevel && { riskLevel }),
    ...(approval && { asks: true }),
    ...(depth > 0 && { depth }),
    ...(container && { container }),
    ...(branch !== undefined && { branch }),
  };
}

/** What is told of the steps of a job before they run. */
export const summaries = (steps: readonly PlannedStep[]): PlannedStepSummary[] => placed(steps).map(summaryOf);
