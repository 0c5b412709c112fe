/** The flat list of a job's steps as the tree that the timeline draws, and which parts of it are folded. Pure. */
import type { StepState, StepStatus } from '../../../../src/contract/job.ts';
import { hasEnded } from '../../../../src/domain/decide.ts';
import { containersOf, endOf } from '../../../../src/domain/nesting.ts';

/** One case of branches. `match` null: the default. `taken` undefined: nobody knows yet. `key` names it when it is folded. */
export type CaseNode = { key: string; match: string | null; taken: boolean | undefined; nodes: StepNode[] };
/** `inside`: the steps of a loop; `cases`: those of branches. Of any other step both are empty. */
export type StepNode = { step: StepState; inside: StepNode[]; cases: CaseNode[] };

const caseKey = (containerId: string, index: number): string => `${containerId}/case-${index}`;

function nodesOf(steps: readonly StepState[], from: number, to: number): StepNode[] {
  const nodes: StepNode[] = [];
  for (let at = from; at < to; at = endOf(steps, at)) {
    const step = steps[at];
    if (!step) break;
    const inside = step.container ? nodesOf(steps, at + 1, Math.min(to, endOf(steps, at))) : [];
    nodes.push({
      step,
      inside: step.container === 'loop' ? inside : [],
      cases: step.container === 'branches' ? casesOf(step, inside) : [],
    });
  }
  return nodes;
}

/** Neighbours with the same `branch` are one case. */
function casesOf(step: StepState, nodes: readonly StepNode[]): CaseNode[] {
  const cases: CaseNode[] = [];
  for (const node of nodes) {
    const match = node.step.branch ?? null;
    const last = cases.at(-1);
    if (last && last.match === match) last.nodes.push(node);
    else cases.push({ key: caseKey(step.id, cases.length), match, taken: undefined, nodes: [node] });
  }
  return cases.map((one) => ({ ...one, taken: wasTaken(step, one) }));
}

/** Inside a loop that is over a case may have been taken in any of its iterations; `taken` tells of the last one alone. */
function wasTaken({ taken, status, skippedBecause, runs }: StepState, { match, nodes }: CaseNode): boolean | undefined {
  if (!taken) return status === 'skipped' && skippedBecause !== 'kept' ? false : undefined;
  if (runs && hasEnded({ status }) && nodes.some(({ step }) => (step.runs?.succeeded ?? 0) + (step.runs?.failed ?? 0) > 0)) return true;
  return match === taken.match;
}

export const treeOf = (steps: readonly StepState[]): StepNode[] => nodesOf(steps, 0, steps.length);

/** A list without its nesting: of problems, wherever they stand. */
export const flatNodes = (steps: readonly StepState[]): StepNode[] => steps.map((step) => ({ step, inside: [], cases: [] }));

export const isFoldable = ({ inside, cases }: StepNode): boolean => inside.length + cases.length > 0;

/** What went well, or was not for this job, folds; what runs, failed or is still to come is open. */
const opens: Record<StepStatus, boolean> = { pending: true, running: true, waiting: true, failed: true, succeeded: false, skipped: false };

/** What is open as long as nobody folds or unfolds it by hand: keys of containers (their step's id) and of cases. */
export function openByItself(nodes: readonly StepNode[], open: Set<string> = new Set()): Set<string> {
  for (const { step, inside, cases } of nodes) {
    if (step.container && (opens[step.status] || (step.loop?.failed ?? 0) > 0)) open.add(step.id);
    for (const one of cases) {
      if (one.taken) open.add(one.key);
      openByItself(one.nodes, open);
    }
    openByItself(inside, open);
  }
  return open;
}

/** Keys of everything that can be folded. */
export const allKeys = (nodes: readonly StepNode[]): string[] =>
  nodes.flatMap((node) => [
    ...(isFoldable(node) ? [node.step.id] : []),
    ...allKeys(node.inside),
    ...node.cases.flatMap(({ key, nodes: within }) => [key, ...allKeys(within)]),
  ]);

/** The steps whose rows can be seen, from top to bottom. */
export const visibleSteps = (nodes: readonly StepNode[], isOpen: (key: string) => boolean): StepState[] =>
  nodes.flatMap((node) => [
    node.step,
    ...(isOpen(node.step.id)
      ? [
          ...visibleSteps(node.inside, isOpen),
          ...node.cases.flatMap(({ key, nodes: within }) => (isOpen(key) ? visibleSteps(within, isOpen) : [])),
        ]
      : []),
  ]);

const holds = (nodes: readonly StepNode[], id: string): boolean =>
  nodes.some(({ step, inside, cases }) => step.id === id || holds(inside, id) || cases.some((one) => holds(one.nodes, id)));

/** What must be open so that the step's row can be seen. */
export const keysAround = (nodes: readonly StepNode[], id: string): string[] =>
  nodes.flatMap(({ step, inside, cases }) => {
    if (step.id === id) return [];
    if (holds(inside, id)) return [step.id, ...keysAround(inside, id)];
    return cases.flatMap(({ key, nodes: within }) => (holds(within, id) ? [step.id, key, ...keysAround(within, id)] : []));
  });

/** The loops around the step, the innermost first. */
export const loopsAround = (steps: readonly StepState[], stepId: string): StepState[] => {
  const at = steps.findIndex(({ id }) => id === stepId);
  return at < 0 ? [] : containersOf(steps, at).flatMap((index) => (steps[index]?.loop ? [steps[index]] : []));
};

/** How many steps that do something a list holds, those inside included. */
export const stepCount = (nodes: readonly StepNode[]): number =>
  nodes.reduce(
    (sum, { step, inside, cases }) =>
      sum + (step.container ? 0 : 1) + stepCount(inside) + cases.reduce((n, one) => n + stepCount(one.nodes), 0),
    0,
  );

/** Rows of one list that are drawn at once. */
export const mostRows = 200;
export type Span = { from: number; to: number };

/** Which rows of a long list are drawn: what was drawn stays as long as the row that matters (`at`, -1: none) is among them. */
export function spanOf(before: Span, length: number, at: number): Span {
  if (length <= mostRows) return { from: 0, to: length };
  const from = Math.min(before.from, length - mostRows);
  const to = Math.min(length, Math.max(before.to, from + mostRows));
  if (at < 0 || (at >= from && at < to)) return { from, to };
  const start = Math.min(Math.max(0, at - mostRows / 2), length - mostRows);
  return { from: start, to: start + mostRows };
}
