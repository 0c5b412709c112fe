/** One vocabulary for states: a word, a tone and a mark. Every list, badge, bar, title and icon reads it from here. */
import type { Verdict } from '../../../src/contract/approval.ts';
import type { JobStatus, StepState, StepStatus } from '../../../src/contract/job.ts';
import type { RiskLevel } from '../../../src/contract/runbook.ts';

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
  waiting: { word: 'Waiting for approval', tone: 'wait', mark: 'diamond' },
  succeeded: { word: 'Succeeded', tone: 'ok', mark: 'check' },
  failed: { word: 'Failed', tone: 'fail', mark: 'cross' },
  skipped: { word: 'Skipped', tone: 'idle', mark: 'skip' },
};

/** A sign for the title of a browser's tab, where there is no colour. */
export const signs: Record<Tone, string> = { run: '●', ok: '✓', fail: '✕', wait: '◆', pause: '‖', idle: '○' };

export const skipReasons: Record<NonNullable<StepState['skippedBecause']>, string> = {
  not_reached: 'not reached',
  cancelled: 'cancelled',
  kept: 'kept from an earlier attempt',
};

/** How a question to a person ended. */
export const verdicts: Record<Verdict, Look> = {
  approved: { word: 'Approved', tone: 'ok', mark: 'check' },
  rejected: { word: 'Rejected', tone: 'fail', mark: 'cross' },
  expired: { word: 'Not answered in time', tone: 'idle', mark: 'clock' },
  void: { word: 'Void', tone: 'pause', mark: 'slash' },
  done: { word: 'It happened', tone: 'ok', mark: 'check' },
  again: { word: 'Run again', tone: 'wait', mark: 'ring' },
  failed: { word: 'It failed', tone: 'fail', mark: 'cross' },
};

export const risks: Record<RiskLevel, { word: string; tone: Tone; icon: string }> = {
  low: { word: 'Low risk', tone: 'idle', icon: 'i-lucide-info' },
  medium: { word: 'Medium risk', tone: 'wait', icon: 'i-lucide-triangle-alert' },
  high: { word: 'High risk', tone: 'fail', icon: 'i-lucide-triangle-alert' },
  critical: { word: 'Critical risk', tone: 'fail', icon: 'i-lucide-octagon-alert' },
};

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
