/** What the header of a job offers: the word, and what pressing it means. The state decides which of them there are. */
import type { JobAction, JobState } from '../../../src/contract/job.ts';
import { isOver } from '../../../src/domain/decide.ts';
import { currentStep } from '../../../src/domain/nesting.ts';

/** `review` opens the question (approve, reject, resolve are answered there); `rerun` opens what another attempt would do. */
export type HeaderAction = Exclude<JobAction, 'approve' | 'reject' | 'resolve'> | 'review' | 'rerun';
export type Offer = { action: HeaderAction; word: string; icon: string; solid: boolean; /** what will happen */ means: string };

/** What the api told a person is allowed, in their words. */
export const actionWords: Record<JobAction, string> = {
  pause: 'pause',
  resume: 'resume',
  cancel: 'cancel',
  approve: 'approve',
  reject: 'reject',
  start_now: 'start now',
  resolve: 'say what happened',
};

const looks: Record<HeaderAction, Pick<Offer, 'word' | 'icon' | 'solid'>> = {
  cancel: { word: 'Cancel', icon: 'i-lucide-x', solid: false },
  pause: { word: 'Pause', icon: 'i-lucide-pause', solid: false },
  start_now: { word: 'Start now', icon: 'i-lucide-play', solid: true },
  resume: { word: 'Resume', icon: 'i-lucide-play', solid: true },
  review: { word: 'Review approval', icon: 'i-lucide-arrow-right', solid: true },
  rerun: { word: 'Rerun', icon: 'i-lucide-rotate-ccw', solid: true },
};

function resuming(job: JobState): string {
  const next = currentStep(job.steps);
  const step = next ? `step ${next.ordinal}, “${next.description}”` : 'what is left';
  if (job.pausing) return 'Takes the pause back';
  return job.parked ? `Waits for a free browser, restores the page and goes on with ${step}` : `Goes on with ${step}`;
}

const means: Record<HeaderAction, (job: JobState) => string> = {
  cancel: (job) => (job.startedAt ? 'Ends the job and closes its browser; asks first' : 'The job will not start; asks first'),
  pause: () => 'Stops before the next step; a step that has begun to act ends first',
  start_now: () => 'Starts as soon as a browser is free, without waiting for its time',
  resume: resuming,
  review: (job) => job.approval?.evidence.sentence ?? 'Shows what is asked',
  rerun: () => 'Shows what another attempt keeps and repeats, before it starts',
};

const order: readonly HeaderAction[] = ['cancel', 'pause', 'start_now', 'resume', 'review', 'rerun'];

function headerActions(job: JobState, allowed: readonly JobAction[]): Set<HeaderAction> {
  const answers: HeaderAction[] = allowed.some((a) => a === 'approve' || a === 'resolve') ? ['review'] : [];
  const again: HeaderAction[] = isOver(job.status) ? ['rerun'] : [];
  const plain = allowed.filter((a) => a !== 'approve' && a !== 'reject' && a !== 'resolve');
  return new Set([...plain, ...answers, ...again]);
}

/** In the order of the buttons: the one that most people want is last. */
export function offersOf(job: JobState, allowed: readonly JobAction[]): Offer[] {
  const there = headerActions(job, allowed);
  return order
    .filter((action) => there.has(action))
    .map((action) => {
      const asksOutcome = action === 'review' && job.approval?.kind === 'outcome';
      return { action, ...looks[action], ...(asksOutcome ? { word: 'Say what happened' } : {}), means: means[action](job) };
    });
}
