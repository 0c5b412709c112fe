/** What a loop and branches say about themselves. Pure. */
import type { Iteration, LoopState, Runs, StepState, StepStatus } from '../../../../src/contract/job.ts';
import { hasEnded } from '../../../../src/domain/decide.ts';
import { ordinal } from '../../format/countdown.ts';

type Looping = Pick<StepState, 'status' | 'loop'>;
const plural = (n: number, one: string): string => `${n.toLocaleString('en')} ${one}${n === 1 ? '' : 's'}`;

/** "3 of 12", or without a known end "3rd time"; afterwards "12 times". Empty before it has begun. */
export function loopPlace({ status, loop }: Looping): string {
  if (!loop) return '';
  const { begun, total } = loop;
  const over = hasEnded({ status }) && !loop.cut;
  if (total !== undefined && (!over || begun < total)) return `${begun.toLocaleString('en')} of ${total.toLocaleString('en')}`;
  if (!over) return begun === 0 ? '' : `${ordinal(begun)} time`;
  if (begun === 0) return 'nothing to do';
  return begun === 1 ? 'once' : plural(begun, 'time');
}

/** The iteration that a step inside the loop stands in: "Iteration 3 of 12: INV-204". */
export function iterationWords({ loop }: Looping): string {
  if (!loop || loop.begun === 0) return '';
  const { begun, total, iterations } = loop;
  const label = iterations.at(-1)?.label;
  const place = `Iteration ${begun.toLocaleString('en')}${total === undefined ? '' : ` of ${total.toLocaleString('en')}`}`;
  return label ? `${place}: ${label}` : place;
}

export type IterationGroups = {
  /** those that went well, as far as they are kept */
  fine: Iteration[];
  /** how many went well, kept or not */
  fineCount: number;
  /** the first that failed */
  failed: Iteration[];
  failedCount: number;
  running: Iteration | undefined;
};

/** A person's attention goes to what failed and what runs now; the rest is one line. */
export function iterationGroups({ begun, failed, iterations }: LoopState): IterationGroups {
  const running = iterations.find(({ status }) => status === 'running');
  return {
    fine: iterations.filter(({ status }) => status === 'succeeded'),
    fineCount: Math.max(0, begun - failed - (running || iterations.some(({ status }) => status === 'skipped') ? 1 : 0)),
    failed: iterations.filter(({ status }) => status === 'failed'),
    failedCount: failed,
    running,
  };
}

/** "Iterations 1–6" when they are the first ones in a row, else "6 iterations went well". */
export function fineWords({ fineCount, failedCount }: Pick<IterationGroups, 'fineCount' | 'failedCount'>): string {
  if (failedCount > 0) return `${plural(fineCount, 'iteration')} went well`;
  return fineCount === 1 ? 'Iteration 1' : `Iterations 1–${fineCount.toLocaleString('en')}`;
}

export type LoopPart = { status: StepStatus; /** of the bar's length, in iterations */ share: number };
const mostSegments = 24;

/** The bar of a loop whose end is known. Up to 24 iterations have a segment each, in their order; of more only how many went well, failed, run and are to come. */
export function loopParts({ begun, failed, total, iterations }: LoopState): LoopPart[] {
  if (total === undefined || total === 0) return [];
  const known = new Map(iterations.map(({ index, status }): [number, StepStatus] => [index, status]));
  if (total <= mostSegments) {
    const statusOf = (index: number): StepStatus => known.get(index) ?? (index < begun ? 'succeeded' : 'pending');
    return Array.from({ length: total }, (_, index) => ({ status: statusOf(index), share: 1 }));
  }
  const countOf = (wanted: StepStatus): number => [...known.values()].filter((status) => status === wanted).length;
  const [running, cut] = [countOf('running'), countOf('skipped')];
  const parts: LoopPart[] = [
    { status: 'succeeded', share: Math.max(0, begun - failed - running - cut) },
    { status: 'failed', share: failed },
    { status: 'running', share: running },
    { status: 'skipped', share: cut },
    { status: 'pending', share: Math.max(0, total - begun) },
  ];
  return parts.filter(({ share }) => share > 0);
}

/** Not all iterations of a long loop are kept; undefined when all are. */
export function keptWords({ begun, iterations }: LoopState): string | undefined {
  if (iterations.length >= begun) return undefined;
  return `Of ${begun.toLocaleString('en')} iterations the last 50 and the first 50 that failed are kept.`;
}

/** "succeeded 11, failed 1". */
export const runsWords = (runs: Runs): string =>
  (['succeeded', 'failed', 'skipped'] as const)
    .filter((how) => runs[how] > 0)
    .map((how) => `${how} ${runs[how].toLocaleString('en')}`)
    .join(', ') || 'not yet';

/** Why this case: one sentence. `match` null: the default. Of a sensitive value only that it was compared. */
export function takenWords({ value, match }: NonNullable<StepState['taken']>): string {
  const is = value === null ? 'The value, which is not shown,' : `The value “${value}”`;
  return match === null ? `${is} matched no case, so the default was taken.` : `${is} matched the case “${match}”.`;
}
