/** What happened to a job beside its steps, in words, for the people who look after it. */
import type { Outcome } from '../contract/command.ts';
import type { JobEvent } from '../contract/event.ts';
import type { JobState, Notice } from '../contract/job.ts';

type EventOf<T extends JobEvent['type']> = Extract<JobEvent, { type: T }>;
type Tellers = { [T in JobEvent['type']]?: (event: EventOf<T>, before: JobState) => string };

/** Comments are kept whole with the step; here they are cut. */
const longest = 300;
const mostNamed = 3;

const by = (deed: string, { actor, comment }: { actor: string; comment?: string }): string =>
  `${deed} by ${actor}${comment ? ` · “${comment}”` : ''}`;

const outcomes: Record<Outcome, string> = { done: 'It happened', again: 'Run it again', failed: 'It failed' };

function asked({ approval }: EventOf<'approval.requested'>): string {
  if (approval.kind === 'outcome') return `Asked what happened at step ${approval.ordinal}: ${approval.evidence.sentence}`;
  return `Asked${approval.ask > 1 ? ' again' : ''} at step ${approval.ordinal}: ${approval.evidence.sentence}`;
}

function voided({ changes }: EventOf<'approval.voided'>): string {
  const named = changes.slice(0, mostNamed).map((change) => change.what);
  const more = changes.length - named.length;
  const what = named.length > 0 ? `: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}` : '';
  return `Not done: the page was not the one that was approved${what}`;
}

const tellers: Tellers = {
  'job.started_now': (event) => by('Started before its time', event),
  'job.pausing': (event) => by('Pause asked', event),
  'job.paused': () => 'Paused',
  'job.resumed': (event, before) => by(before.status === 'paused' ? 'Resumed' : 'Pause taken back', event),
  'job.cancelling': (event) => by('Cancel asked', event),
  'approval.requested': asked,
  'approval.approved': (event) => by('Approved', event),
  'approval.rejected': (event) => by('Rejected', event),
  'approval.expired': () => 'Nobody answered in time',
  'approval.voided': voided,
  'outcome.resolved': (event) => by(`“${outcomes[event.outcome]}” said`, event),
  'job.parked': () => 'Parked: its browser is free for other jobs while it waits',
  'browser.lost': () => 'The browser was lost while the job waited; it comes back to its page in another one',
  'browser.restored': (event) => `Back on its page, on browser host ${event.host}`,
};

const abouts: Record<string, NonNullable<Notice['about']>> = {
  'job.started_now': 'command',
  'job.pausing': 'command',
  'job.paused': 'command',
  'job.resumed': 'command',
  'job.cancelling': 'command',
  'job.parked': 'restored',
  'browser.lost': 'restored',
  'browser.restored': 'restored',
};

/** What the happening belongs to; a question to a person when nothing else. */
export const aboutOf = (type: JobEvent['type']): NonNullable<Notice['about']> => abouts[type] ?? 'approval';

/** undefined: the event is told by the steps or by the status alone. */
export function happeningOf(event: JobEvent, before: JobState): string | undefined {
  const tell = tellers[event.type] as ((event: JobEvent, before: JobState) => string) | undefined;
  return tell?.(event, before).slice(0, longest);
}
