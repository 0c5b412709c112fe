/** What a reader of the report should know beside the steps' own results: who decided what, and what was repeated, restored or kept, and why. */
import type { Answer, ApprovalRecord } from '../contract/approval.ts';
import type { JobState, Notice, StepState } from '../contract/job.ts';
import type { ReportNote } from '../contract/report.ts';
import { isOver } from './decide.ts';
import { plural } from './report-outcome.ts';

const hour = 3_600_000;
const minute = 60_000;

/** In words: 42 s, 3 min 12 s, 2 h 5 min. */
export function spell(ms: number): string {
  if (ms < 1_000) return 'less than a second';
  if (ms < minute) return `${Math.floor(ms / 1_000)} s`;
  if (ms < hour) return `${Math.floor(ms / minute)} min ${Math.floor((ms % minute) / 1_000)} s`;
  return `${Math.floor(ms / hour)} h ${Math.floor((ms % hour) / minute)} min`;
}

const joined = (parts: readonly (string | undefined)[]): string => parts.filter((part) => part !== undefined).join(' · ');

const verdicts: Record<Answer['verdict'], (actor: string) => string> = {
  approved: (actor) => `Approved by ${actor}`,
  rejected: (actor) => `Rejected by ${actor}`,
  expired: () => 'Nobody answered in time',
  void: (actor) => `Approved by ${actor}, but the page was not the same any more`,
  done: (actor) => `“It happened” said by ${actor}`,
  again: (actor) => `“Run it again” said by ${actor}`,
  failed: (actor) => `“It failed” said by ${actor}`,
};

/** An approved step that was carried out has found the page as it was approved: else its approval would be void. */
function sameness(step: StepState, { kind, answer, changes }: ApprovalRecord): string | undefined {
  if (changes && changes.length > 0)
    return `changed: ${changes.map(({ what, was, now }) => `${what}: ${was ?? 'not shown'} → ${now ?? 'not shown'}`).join(', ')}`;
  const carriedOut = step.status === 'succeeded' || step.status === 'failed';
  return kind === 'step' && answer?.verdict === 'approved' && carriedOut ? 'nothing had changed when it was carried out' : undefined;
}

function approvalNote(step: StepState, record: ApprovalRecord, state: JobState): ReportNote {
  const { sentence, askedAt, ask, answer } = record;
  const asked = `Step ${step.ordinal}: ${sentence}`;
  const times = ask > 1 ? `asked for the ${ask === 2 ? 'second' : `${ask}th`} time` : undefined;
  if (!answer) {
    const title = isOver(state.status) ? 'Asked; the job ended without an answer' : 'Asked; not answered yet';
    return { at: askedAt, kind: 'approval', title, detail: joined([asked, times]), stepId: step.id };
  }
  const took = `answered after ${spell(Math.max(0, Date.parse(answer.at) - Date.parse(askedAt)))}`;
  const comment = answer.comment ? `“${answer.comment}”` : undefined;
  const detail = joined([
    asked,
    times,
    answer.verdict === 'expired' || answer.verdict === 'void' ? undefined : took,
    comment,
    sameness(step, record),
  ]);
  return { at: answer.at, kind: 'approval', title: verdicts[answer.verdict](answer.actor), detail, stepId: step.id };
}

const endOf = (step: StepState, state: JobState): string => step.finishedAt ?? step.startedAt ?? state.startedAt ?? state.createdAt;

function repeatedNote(step: StepState, state: JobState): ReportNote[] {
  if (step.attempt <= 1 || step.container || step.runs) return [];
  const asked = step.approvals?.some(({ answer }) => answer?.verdict === 'again');
  const detail = asked
    ? 'Nobody knew whether the attempt before had happened, and a person said to run it again.'
    : 'The attempt before did not come to an end: it was interrupted, or its worker or browser was lost.';
  const title = `Step ${step.ordinal} was carried out again (attempt ${step.attempt})`;
  return [{ at: endOf(step, state), kind: 'repeated', title, detail, stepId: step.id }];
}

function retriedNote(step: StepState, state: JobState): ReportNote[] {
  if (step.retries === 0 || step.container) return [];
  const found = step.matchedBy === undefined ? undefined : `found by ${step.matchedBy}`;
  const missed = step.missed && step.missed.length > 0 ? `not by ${step.missed.join(', ')}` : undefined;
  const ended = step.status === 'failed' ? 'and was not there' : undefined;
  const detail = joined([step.description, found, missed, found === undefined ? ended : undefined]);
  const title = `Step ${step.ordinal} looked for its element ${plural(step.retries, 'more time')}`;
  return [{ at: endOf(step, state), kind: 'retried', title, detail, stepId: step.id }];
}

function keptNote(state: JobState): ReportNote[] {
  const kept = state.steps.filter(({ skippedBecause, container }) => skippedBecause === 'kept' && !container);
  if (kept.length === 0) return [];
  const which = kept.length === 1 ? `Step ${kept[0]?.ordinal} was` : `Steps ${kept[0]?.ordinal} to ${kept.at(-1)?.ordinal} were`;
  const of = state.rerunOf ? `This is attempt ${state.rerunOf.attempt}; job ${state.rerunOf.jobId} or one before it did them.` : undefined;
  const at = state.startedAt ?? state.createdAt;
  return [
    { at, kind: 'kept', title: `${which} kept: an earlier attempt did ${kept.length === 1 ? 'it' : 'them'}`, ...(of && { detail: of }) },
  ];
}

/** Approvals are told by the steps, with more. Notices of an older release do not say what they are about. */
function noticeNotes({ at, kind, about, text: title }: Notice): ReportNote[] {
  if (kind === 'warning') return [{ at, kind: 'warning', title }];
  if (kind === 'command_refused') return [{ at, kind: 'command', title }];
  return about === 'command' || about === 'restored' ? [{ at, kind: about, title }] : [];
}

/** In order of time. */
export function notesOf(state: JobState): ReportNote[] {
  const ofSteps = state.steps.flatMap((step) => [
    ...(step.approvals ?? []).map((record) => approvalNote(step, record, state)),
    ...repeatedNote(step, state),
    ...retriedNote(step, state),
  ]);
  return [...keptNote(state), ...state.notices.flatMap(noticeNotes), ...ofSteps].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}
