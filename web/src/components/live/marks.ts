/** What happened in a job beside its steps, as it stands on the time axis and in the list below: each by shape, tone and words. Pure. */
import type { Answer, ApprovalRecord } from '../../../../src/contract/approval.ts';
import type { Trouble } from '../../../../src/contract/evidence.ts';
import type { JobState, Notice, StepState } from '../../../../src/contract/job.ts';
import { verdicts, type Tone } from '../../status/vocabulary.ts';

export type Shape = 'disc' | 'square' | 'diamond';
/** `at`: ms since the start of the job. `mono`: a machine wrote the text. */
export type Happening = {
  key: string;
  at: number;
  shape: Shape;
  tone: Tone;
  icon: string;
  word: string;
  text: string;
  mono?: true;
  stepId?: string;
};
type Kind = Pick<Happening, 'shape' | 'tone' | 'icon' | 'word' | 'mono'>;

const troubles: Record<Trouble['kind'], Kind> = {
  console: { shape: 'disc', tone: 'wait', icon: 'i-lucide-terminal', word: 'Console', mono: true },
  request: { shape: 'square', tone: 'fail', icon: 'i-lucide-unplug', word: 'Request failed', mono: true },
};
const warning: Kind = { shape: 'disc', tone: 'wait', icon: 'i-lucide-triangle-alert', word: 'Warning' };
const refused: Kind = { shape: 'disc', tone: 'wait', icon: 'i-lucide-ban', word: 'Refused' };
const command: Kind = { shape: 'disc', tone: 'idle', icon: 'i-lucide-user-round', word: 'Command' };
const restored: Kind = { shape: 'disc', tone: 'pause', icon: 'i-lucide-history', word: 'Browser' };
const asked: Kind = { shape: 'diamond', tone: 'wait', icon: 'i-lucide-user-round-check', word: 'Approval' };
const retried: Kind = { shape: 'disc', tone: 'wait', icon: 'i-lucide-rotate-cw', word: 'Retry' };

/** In order of time. `start`: of the job, ms since the epoch. */
export function happeningsOf(job: Pick<JobState, 'steps' | 'notices'>, start: number): Happening[] {
  const since = (at: string): number => Math.max(0, Date.parse(at) - start);
  const ofSteps = job.steps.flatMap((step) => [
    ...(step.troubles ?? []).map((trouble, i) => troubleMark(step, trouble, { at: since(trouble.at), i })),
    ...(step.approvals ?? []).flatMap((record) => approvalMarks(step, record, since)),
    ...retryMark(step, since),
  ]);
  const ofJob = job.notices.flatMap((notice, i) => noticeMark(notice, { at: since(notice.at), i }));
  return [...ofSteps, ...ofJob].sort((a, b) => a.at - b.at);
}

type Place = { at: number; i: number };
const troubleMark = ({ id }: StepState, { kind, text }: Trouble, { at, i }: Place): Happening => ({
  ...{ key: `trouble-${id}-${i}`, at, ...troubles[kind], text, stepId: id },
});

function approvalMarks({ id, ordinal }: StepState, record: ApprovalRecord, since: (at: string) => number): Happening[] {
  const { approvalId, askedAt, sentence, answer } = record;
  const question: Happening = {
    key: `asked-${approvalId}`,
    at: since(askedAt),
    ...asked,
    text: `Asked at step ${ordinal}: ${sentence}`,
    stepId: id,
  };
  if (!answer) return [question];
  const text = answerWords(answer);
  return [
    question,
    { key: `answered-${approvalId}`, at: since(answer.at), ...asked, tone: verdicts[answer.verdict].tone, text, stepId: id },
  ];
}

function answerWords({ verdict, actor, comment }: Answer): string {
  const byClock = verdict === 'expired' || verdict === 'void';
  return `${verdicts[verdict].word}${byClock ? '' : ` by ${actor}`}${comment ? ` · “${comment}”` : ''}`;
}

/** Where the step ended; while it looks, where it began. */
function retryMark({ id, ordinal, retries, container, finishedAt, startedAt }: StepState, since: (at: string) => number): Happening[] {
  const at = finishedAt ?? startedAt;
  if (retries === 0 || container || at === undefined) return [];
  const text = `Step ${ordinal} looked for its element ${retries === 1 ? 'once more' : `${retries} more times`}`;
  return [{ key: `retry-${id}`, at: since(at), ...retried, text, stepId: id }];
}

/** What was asked and answered is told by the steps, with more. */
function noticeMark({ kind, about, text }: Notice, { at, i }: Place): Happening[] {
  const key = `notice-${i}`;
  if (kind === 'warning') return [{ key, at, ...warning, text }];
  if (kind === 'command_refused') return [{ key, at, ...refused, text }];
  if (about === 'approval') return [];
  return [{ key, at, ...(about === 'restored' ? restored : command), text }];
}

export type DrawnMark = Happening & { /** how many it stands for */ count: number };

/** Those of a kind that would stand on the same `least` of the axis are drawn as one. */
export function drawnMarks(happenings: readonly Happening[], place: (at: number) => number, least = 1 / 80): DrawnMark[] {
  const last = new Map<string, DrawnMark>();
  const drawn: DrawnMark[] = [];
  for (const happening of happenings) {
    const kind = `${happening.shape} ${happening.tone}`;
    const near = last.get(kind);
    if (near && place(happening.at) - place(near.at) < least) near.count += 1;
    else {
      const mark = { ...happening, count: 1 };
      last.set(kind, mark);
      drawn.push(mark);
    }
  }
  return drawn;
}
