/** A job as Markdown, for the Temporal Web UI: what it waits for, and a table of its steps. */
import type { JobState, StepState } from '../contract/job.ts';
import { allowedActions } from './decide.ts';
import { currentIndex } from './nesting.ts';
import { lineOf } from './row.ts';

/** Steps before and after the current one: a table of a thousand rows helps nobody. */
const around = 20;

/** Texts come from runbooks and pages: they must not become links, pictures, HTML or another column. */
const plain = (text: string, length = 120): string =>
  text
    .replace(/\s+/g, ' ')
    .slice(0, length)
    .replace(/[\\`*_{}[\]()<>#+!|~&]/g, (sign) => `&#${sign.charCodeAt(0)};`);

const seconds = (ms: number | undefined): string => (ms === undefined ? '' : `${(ms / 1_000).toFixed(1)} s`);

const words: Record<StepState['status'], (step: StepState) => string> = {
  pending: () => 'not yet',
  running: () => '**running**',
  waiting: () => '**waits for a person**',
  succeeded: () => 'succeeded',
  failed: () => '**failed**',
  skipped: (step) => `skipped (${(step.skippedBecause ?? 'not_reached').replaceAll('_', ' ')})`,
};

function noteOf(step: StepState): string {
  const last = step.approvals?.at(-1)?.answer;
  const parts = [
    step.error && plain(step.error.message),
    step.retries > 0 && `${step.retries} retries`,
    step.attempt > 1 && `attempt ${step.attempt}`,
    last && `${last.verdict} by ${plain(last.actor, 60)}`,
  ];
  return parts.filter(Boolean).join(' · ');
}

/** Which time through its loop. */
const timesOf = ({ loop }: StepState): string => (loop ? ` (${loop.begun}${loop.total === undefined ? '' : ` of ${loop.total}`})` : '');

const rowOf = (step: StepState): string =>
  `| ${step.ordinal} | ${'· '.repeat(step.depth ?? 0)}${plain(step.description)}${timesOf(step)} | ${words[step.status](step)} | ${seconds(step.durationMs)} | ${noteOf(step)} |`;

function table(steps: readonly StepState[]): string[] {
  const found = currentIndex(steps);
  const current = found < 0 ? steps.length : found;
  const shown = steps.slice(Math.max(0, current - around), current + around + 1);
  const before = Math.max(0, current - around);
  const after = steps.length - before - shown.length;
  return [
    '| # | step | state | took | |',
    '|---|---|---|---|---|',
    ...(before > 0 ? [`| | ${before} steps before | | | |`] : []),
    ...shown.map(rowOf),
    ...(after > 0 ? [`| | ${after} steps after | | | |`] : []),
  ];
}

/** What is asked, and how it is answered from outside. */
function question({ status, approval }: JobState): string[] {
  if (status !== 'waiting_for_approval' || !approval || approval.answer) return [];
  const { approvalId, askedAt, deadline, kind } = approval;
  const asked = `Question \`${approvalId}\`, asked at ${askedAt}${deadline ? `, until ${deadline}` : ''}.`;
  if (kind === 'outcome') return [asked];
  return [asked, `Answered in the console, or by the signal approve or reject with \`{"approvalId": "${approvalId}"}\`.`];
}

function reasons(state: JobState): string[] {
  const { parked, scheduledFor } = state;
  return [
    ...(state.status === 'scheduled' && scheduledFor ? [`Starts at ${scheduledFor}.`] : []),
    ...question(state),
    ...(parked ? [`Parked since ${parked.at}: its browser was given back.`] : []),
    ...(state.error ? [plain(state.error.message, 300)] : []),
  ];
}

const status = (state: JobState): string => (state.pausing ? 'pausing' : state.status.replaceAll('_', ' '));

export function detailsOf(state: JobState, consoleUrl: string | null): string {
  const actions = allowedActions(state);
  const { succeeded, failed, skipped, total } = state.counts;
  return [
    `**${status(state)}** — ${plain(lineOf(state), 300)}`,
    ...reasons(state),
    `${succeeded} of ${total} steps succeeded, ${failed} failed, ${skipped} skipped.${actions.length > 0 ? ` Possible now: ${actions.join(', ')}.` : ''}`,
    ...(consoleUrl ? [`[Open in the console](${consoleUrl})`] : []),
    table(state.steps).join('\n'),
  ].join('\n\n');
}
