/** One vocabulary for states: a word, a tone and a mark. Every list, badge, bar, title and icon reads it from here. */
import type { Verdict } from '../../../src/contract/approval.ts';
import type { StepErrorCode } from '../../../src/contract/error.ts';
import type { JobStatus, StepFile, StepState, StepStatus } from '../../../src/contract/job.ts';
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
  condition: 'its condition did not hold',
  branch: 'another case was taken',
  no_iteration: 'the loop had nothing to do',
};

/** What went wrong with a step, as a title. */
export const errorTitles: Record<StepErrorCode, string> = {
  element_not_found: 'Element not found',
  ambiguous: 'More than one element fits',
  page_structure_changed: 'The page was rebuilt meanwhile',
  element_stale: 'The element went away',
  navigation_timeout: 'The page took too long',
  navigation_failed: 'The page could not be opened',
  timeout: 'It took too long',
  action_failed: 'The action failed',
  assertion_failed: 'A check did not hold',
  capture_failed: 'A value could not be read',
  value_missing: 'A value is missing',
  blocked_address: 'The address is not allowed',
  browser_crashed: 'The browser crashed',
  outcome_unknown: 'Nobody knows whether it happened',
  rejected: 'Rejected by a person',
  session_lost: 'The session was lost',
  unknown: 'Something else went wrong',
};

/** A dialog of the page, by its type. */
export const dialogWords: Readonly<Record<string, string>> = {
  alert: 'Message',
  confirm: 'Question',
  prompt: 'Question for a text',
  beforeunload: 'Question before leaving the page',
};

export const fileKinds: Record<StepFile['kind'], { word: string; icon: string }> = {
  download: { word: 'Download', icon: 'i-lucide-file-down' },
  export: { word: 'Export', icon: 'i-lucide-table' },
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
  download: 'i-lucide-download',
  upload: 'i-lucide-upload',
  export: 'i-lucide-table',
  memory: 'i-lucide-layers',
  assert: 'i-lucide-circle-check-big',
  loop: 'i-lucide-repeat',
  branches: 'i-lucide-split',
};

/** What repeating a step would mean, in words. */
export const effects = {
  read: 'only reads; repeating it changes nothing',
  idempotent: 'repeating it gives the same again',
  once: 'must not happen twice; it is never repeated blindly',
} as const;
