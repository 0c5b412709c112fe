/** What a person reads of a job's steps: one line for each that has ended, and what lies below it. */
import type { JobState, StepState } from '../contract/job.ts';
import { hasEnded } from '../domain/decide.ts';
import { containersOf } from '../domain/nesting.ts';
import { plain, type Paint } from './console.ts';

const shownCaptures = 12;
const shownLookAlikes = 3;

/** 840 ms, 4.2 s, 3 min 20 s, 2 h 5 min */
export function duration(ms: number): string {
  if (ms < 950) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1_000).toFixed(1)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} min ${Math.floor((ms % 60_000) / 1_000)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function bytes(count: number): string {
  if (count < 1_000) return `${count} B`;
  return count < 1_000_000 ? `${(count / 1_000).toFixed(1)} kB` : `${(count / 1_000_000).toFixed(1)} MB`;
}

export const plural = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;

const because: Record<NonNullable<StepState['skippedBecause']>, string> = {
  not_reached: 'not reached',
  cancelled: 'cancelled',
  kept: 'done by an earlier attempt',
  condition: 'its condition does not hold',
  branch: 'another branch was taken',
  no_iteration: 'its loop had nothing to do',
};

const whySkipped = ({ skippedBecause }: StepState): string => because[skippedBecause ?? 'not_reached'];

function badge({ status }: StepState, paint: Paint): string {
  if (status === 'failed') return paint('red', '✗');
  return status === 'succeeded' ? paint('green', '✓') : paint('dim', '–');
}

/** Iteration 3 of 12 (the item), for every loop around the step, the outermost first. */
export function iterationsAround(state: JobState, index: number): string {
  const loops = containersOf(state.steps, index).reverse();
  return loops
    .flatMap((at) => {
      const loop = state.steps[at]?.loop;
      if (!loop || loop.begun === 0) return [];
      const label = loop.iterations.at(-1)?.label;
      return [`iteration ${loop.begun}${loop.total === undefined ? '' : ` of ${loop.total}`}${label ? ` (${plain(label, 40)})` : ''}`];
    })
    .join(', ');
}

const loopRemark = ({ begun, failed, capped }: NonNullable<StepState['loop']>): string =>
  `${plural(begun, 'iteration')}${failed > 0 ? `, ${failed} failed` : ''}${capped ? ', its limit' : ''}`;

const retriesRemark = ({ retries, container }: StepState): string =>
  retries === 0 || container ? '' : retries === 1 ? '1 retry' : `${retries} retries`;

const branchRemark = ({ taken }: StepState): string =>
  taken ? `took ${taken.match === null ? 'the default' : `“${plain(taken.match, 40)}”`}` : '';

function remarks(step: StepState): string[] {
  const { loop, status, attempt, durationMs, files = [] } = step;
  return [
    status === 'skipped' ? whySkipped(step) : '',
    loop ? loopRemark(loop) : '',
    branchRemark(step),
    status !== 'skipped' && durationMs !== undefined ? duration(durationMs) : '',
    retriesRemark(step),
    attempt > 1 ? `attempt ${attempt}` : '',
    files.length > 0 ? plural(files.length, 'file') : '',
  ];
}

function below(step: StepState, { indent, paint }: { indent: string; paint: Paint }): string[] {
  const captures = step.status === 'succeeded' ? step.captures : [];
  const values = captures
    .slice(0, shownCaptures)
    .map(({ name, value }) => `${name} = ${value === null ? '(sensitive)' : plain(value, 160)}`);
  const more = captures.length > shownCaptures ? [`and ${captures.length - shownCaptures} more values`] : [];
  const missed = step.missed?.length
    ? [`found by ${step.matchedBy ?? 'another field'}; ${step.missed.map((one) => plain(one, 60)).join(', ')} matched nothing`]
    : [];
  const dialogs = (step.dialogs ?? [])
    .filter(({ asked }) => !asked)
    .map(({ type, message }) => `${type} dismissed: “${plain(message, 120)}”`);
  return [...values.map((text) => paint('dim', text)), ...more, ...missed, ...dialogs.map((text) => paint('yellow', text))].map(
    (text) => `${indent}${text}`,
  );
}

/** The message, the hint and what may have been meant. */
export function errorLines({ error }: Pick<StepState, 'error'>, paint: Paint): string[] {
  if (!error) return [];
  const { message, hint, diagnostics } = error;
  return [
    paint('red', plain(message, 500)),
    ...(diagnostics?.url ? [`at ${plain(diagnostics.url, 300)}`] : []),
    ...(diagnostics?.lookAlikes ?? []).slice(0, shownLookAlikes).map((text) => plain(text, 300)),
    ...(hint ? [plain(hint, 500)] : []),
  ];
}

function stepLines(state: JobState, index: number, paint: Paint): string[] {
  const step = state.steps[index];
  if (!step) return [];
  const indent = '  '.repeat(step.depth ?? 0);
  const width = String(state.steps.length).length;
  const notes = [...(step.status === 'skipped' ? [whySkipped(step)] : []), iterationsAround(state, index), ...remarks(step)].filter(
    Boolean,
  );
  const ordinal = String(step.ordinal).padStart(width);
  const under = `${indent}${' '.repeat(width + 3)}`;
  return [
    `${indent}${badge(step, paint)} ${ordinal} ${plain(step.description)}${notes.length > 0 ? paint('dim', `  ${notes.join(' · ')}`) : ''}`,
    ...below(step, { indent: under, paint }),
    ...(step.status === 'failed' ? errorLines(step, paint).map((text) => `${under}${text}`) : []),
  ];
}

/** More than two that are skipped for one reason are one line. */
function skippedLines(state: JobState, indexes: number[], paint: Paint): string[] {
  const reasons = new Map<string, number[]>();
  for (const index of indexes) {
    const step = state.steps[index];
    if (step) reasons.set(whySkipped(step), [...(reasons.get(whySkipped(step)) ?? []), index]);
  }
  return [...reasons].flatMap(([reason, group]) =>
    group.length > 2
      ? [`${paint('dim', '–')} ${plural(group.length, 'step')} skipped${paint('dim', `  ${reason}`)}`]
      : group.flatMap((index) => stepLines(state, index, paint)),
  );
}

/** Lines of the steps that have ended since `before`, in their order. */
export function endedLines(state: JobState, before: JobState | undefined, paint: Paint): string[] {
  const ended = state.steps.flatMap((step, index) => {
    const was = before?.steps[index];
    const now = hasEnded(step) && !(was && hasEnded(was));
    return now ? [index] : [];
  });
  const isSkipped = (index: number): boolean => state.steps[index]?.status === 'skipped';
  const ran = ended.filter((index) => !isSkipped(index));
  return [...ran.flatMap((index) => stepLines(state, index, paint)), ...skippedLines(state, ended.filter(isSkipped), paint)];
}
