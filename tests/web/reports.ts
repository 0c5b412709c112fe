/** Reports for tests. */
import type { Artifact } from '../../src/contract/artifact.ts';
import type { ExecutionReport, StepExecutionResult } from '../../src/contract/report.ts';

const began = Date.parse('2026-11-24T10:00:00.000Z');
/** ISO 8601, so many seconds after the job began. */
export const after = (seconds: number): string => new Date(began + seconds * 1000).toISOString();

export const stepResult = (ordinal: number, rest: Partial<StepExecutionResult> = {}): StepExecutionResult => ({
  ordinal,
  id: `s${ordinal}`,
  description: `Step number ${ordinal}`,
  depth: 0,
  status: 'succeeded',
  durationMs: 1_000,
  retries: 0,
  attempts: 1,
  ...rest,
});

export const artifact = (id: string, rest: Partial<Artifact> = {}): Artifact => ({
  id,
  jobId: 'j-1',
  stepId: null,
  kind: 'screenshot',
  name: `${id}.jpg`,
  type: 'image/jpeg',
  bytes: 1_234,
  sha256: 'a'.repeat(64),
  createdAt: after(1),
  detail: null,
  ...rest,
});

/** A file of a video; `segments`: [seconds after the job began, ms of the video]. */
export const film = (id: string, durationMs: number, segments: [number, number][]): Artifact =>
  artifact(id, {
    kind: 'video',
    name: `${id}.webm`,
    type: 'video/webm',
    detail: { video: { durationMs, segments: segments.map(([seconds, ms]) => ({ at: after(seconds), ms })) } },
  });

export const executionReport = (rest: Partial<ExecutionReport> = {}): ExecutionReport => ({
  jobId: 'j-1',
  status: 'completed',
  runbookTitle: 'Release payments',
  runbook: { id: 'payments', version: 4 },
  startUrl: 'https://example.test/login',
  startedAt: after(0),
  finishedAt: after(60),
  totalSteps: 2,
  executed: 2,
  succeeded: 2,
  failed: 0,
  skipped: 0,
  retries: 0,
  aborted: false,
  steps: [stepResult(1), stepResult(2)],
  totalDurationMs: 60_000,
  warnings: [],
  outcome: 'All 2 steps succeeded',
  requestedBy: 'Ama',
  inputs: [],
  notes: [],
  notices: [],
  artifacts: [],
  missing: [],
  versions: { understudy: '0.1.0', browser: 'Chromium 148.0.7000.1', runbook: 4 },
  reportedAt: after(61),
  ...rest,
});
