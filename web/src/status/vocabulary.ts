/** One vocabulary for states: a word, a tone and a mark. Every list, badge, bar, title and icon reads it from here. */
import type { JobAction, JobStatus, StepStatus } from '../../../src/contract/job.ts';

export type Tone = 'run' | 'ok' | 'fail' | 'wait' | 'pause' | 'idle';
export type Mark = 'clock' | 'dashed' | 'turning' | 'diamond' | 'bars' | 'check' | 'cross' | 'slash' | 'ring' | 'skip';
export type Look = { word: string; tone: Tone; mark: Mark };

export const jobStatuses: Record<JobStatus, Look> = {
  scheduled: { word: 'Scheduled', tone: 'idle', mark: 'clock' },
  queued: { word: 'Queued', tone: 'idle', mark: 'dashed' },
  running: { word: 'Running', tone: 'run', mark: 'turning' },
  waiting_for_approval: { word: 'Waiting for approval', tone: 'wait', mark: 'diamond' },
  paused: { word: 'Paused', tone: 'pause', mark: 'bars' },
  completed: { word: 'Completed', tone: 'ok', mark: 'check' },
  failed: { word: 'Failed', tone: 'fail', mark: 'cross' },
  cancelled: { word: 'Cancelled', tone: 'idle', mark: 'slash' },
};

export const stepStatuses: Record<StepStatus, Look> = {
  pending: { word: 'Not yet', tone: 'idle', mark: 'ring' },
  running: { word: 'Running', tone: 'run', mark: 'turning' },
  succeeded: { word: 'Succeeded', tone: 'ok', mark: 'check' },
  failed: { word: 'Failed', tone: 'fail', mark: 'cross' },
  skipped: { word: 'Skipped', tone: 'idle', mark: 'skip' },
};

/** A sign for the title of a browser's tab, where there is no colour. */
export const signs: Record<Tone, string> = { run: '●', ok: '✓', fail: '✕', wait: '◆', pause: '‖', idle: '○' };

export const skipReasons: Record<'not_reached' | 'cancelled', string> = { not_reached: 'not reached', cancelled: 'cancelled' };

export const actionIcons: Record<string, string> = {
  navigate: 'i-lucide-globe',
  click: 'i-lucide-mouse-pointer-click',
  input: 'i-lucide-text-cursor-input',
  select: 'i-lucide-list',
  hover: 'i-lucide-mouse-pointer',
  wait: 'i-lucide-hourglass',
  key: 'i-lucide-keyboard',
  scroll: 'i-lucide-mouse',
  extract: 'i-lucide-scan-text',
};

/** What repeating a step would mean, in words. */
export const effects = {
  read: 'only reads; repeating it changes nothing',
  idempotent: 'repeating it gives the same again',
  once: 'must not happen twice; it is never repeated blindly',
} as const;

export const jobActions: Record<JobAction, { word: string; icon: string; solid: boolean }> = {
  cancel: { word: 'Cancel', icon: 'i-lucide-x', solid: false },
  pause: { word: 'Pause', icon: 'i-lucide-pause', solid: false },
  resume: { word: 'Resume', icon: 'i-lucide-play', solid: true },
};
/** The action that most people want is last. */
export const actionOrder: readonly JobAction[] = ['cancel', 'pause', 'resume'];
