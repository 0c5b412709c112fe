/** What a person reads of a job beside its steps: what it waits for, what happened to it, how it ended. */
import type { Approval } from '../contract/approval.ts';
import type { JobState } from '../contract/job.ts';
import { isOver } from '../domain/decide.ts';
import { plain, type Paint } from './console.ts';
import { duration, errorLines, plural } from './step-lines.ts';

type Change = { state: JobState; before: JobState | undefined; page: string; paint: Paint };

const expiry = ({ deadline, onTimeout }: Approval): string =>
  deadline === undefined ? '' : `, until ${deadline} (then ${onTimeout === 'cancel' ? 'the job is cancelled' : 'it is rejected'})`;

function question({ state, before, page, paint }: Change): string[] {
  const { approval } = state;
  if (!approval || approval.answer || approval.approvalId === before?.approval?.approvalId) return [];
  const { evidence, kind, ordinal } = approval;
  const sentence = plain(evidence.sentence);
  const asked = kind === 'outcome' ? `? Nobody knows what became of step ${ordinal}: ${sentence}` : `? Step ${ordinal} asks: ${sentence}`;
  const values = evidence.values
    .filter(({ from }) => from === 'step')
    .map(({ name, value }) => `  ${plain(name, 60)}: ${value === null ? '(sensitive)' : plain(value, 120)}`);
  return [
    paint('yellow', asked),
    ...(evidence.message ? [`  ${plain(evidence.message, 500)}`] : []),
    ...values,
    `  ${kind === 'outcome' ? 'Say whether it happened' : 'Approve or reject'} at ${page}${expiry(approval)}`,
  ];
}

function standing({ state, before, page, paint }: Change): string[] {
  if (state.status === before?.status) return [];
  if (state.status === 'paused')
    return [paint('yellow', `‖ Paused by ${plain(state.lastCommand?.actor ?? 'somebody', 60)}. Resume it at ${page}`)];
  if (state.status === 'scheduled') return [`It starts at ${state.scheduledFor ?? 'a later time'}`];
  return state.status === 'queued' && before ? [paint('dim', '· Waits for a free browser')] : [];
}

/** What a question and a pause say is not said twice. */
const saidElsewhere = /^(Asked|Paused$|Pause asked)/;

function happenings({ state, before, paint }: Change): string[] {
  const known = before?.notices ?? [];
  const last = known.at(-1);
  const from = last ? state.notices.findLastIndex(({ at, text }) => at === last.at && text === last.text) + 1 : 0;
  return state.notices
    .slice(from)
    .filter(({ text }) => !saidElsewhere.test(text))
    .map(({ kind, text }) => (kind === 'happening' ? paint('dim', `· ${plain(text, 300)}`) : paint('yellow', `! ${plain(text, 300)}`)));
}

/** Lines about what has changed beside the steps. `page`: address of the job in the console. */
export const changeLines = (change: Change): string[] => [...happenings(change), ...question(change), ...standing(change)];

const words = { completed: ['green', 'Completed'], failed: ['red', 'Failed'], cancelled: ['yellow', 'Cancelled'] } as const;

/** How the job ended, with its counts; and why, when no step says it. */
export function outcomeLines(state: JobState, paint: Paint): string[] {
  if (!isOver(state.status)) return [];
  const { counts, startedAt, finishedAt, status } = state;
  const [style, word] = words[status as keyof typeof words];
  const parts = [
    `${counts.succeeded} of ${plural(counts.total, 'step')} succeeded`,
    ...(counts.failed > 0 ? [`${counts.failed} failed`] : []),
    ...(counts.skipped > 0 ? [`${counts.skipped} skipped`] : []),
    ...(counts.retries > 0 ? [counts.retries === 1 ? '1 retry' : `${counts.retries} retries`] : []),
    ...(startedAt && finishedAt ? [duration(Math.max(0, Date.parse(finishedAt) - Date.parse(startedAt)))] : []),
  ];
  const collections = Object.entries(state.collections ?? {}).map(
    ([name, rows]) => `collection ${plain(name, 100)}: ${plural(rows, 'item')}`,
  );
  const toldByStep = state.steps.some((step) => step.status === 'failed' && step.error);
  return [`${paint(style, paint('bold', word))}  ${parts.join(' · ')}`, ...collections, ...(toldByStep ? [] : errorLines(state, paint))];
}
