/** What travels between the workflow and the activities. Types only: workflow code must not carry zod. */
import type { StepError } from './error.ts';
import type { JobEvent } from './event.ts';
import type { CapturedValue, InputValue, JobHeader, PageRef, RunbookRef } from './job.ts';
import type { Effect, Settings, Step } from './runbook.ts';

/** A step with every default filled in. */
export type PlannedStep = Step & { effect: Effect; timeout: number; retries: number; continueOnError: boolean };

/** The argument of the workflow `runJob`. Values of sensitive inputs are not in it. */
export type JobInput = {
  jobId: string;
  title: string;
  runbook: RunbookRef | null;
  requestedBy: string;
  createdAt: string;
  inputs: InputValue[];
  settings: Settings;
  steps: PlannedStep[];
  /** the job's page in the console; null when UNDERSTUDY_URL is unknown */
  consoleUrl: string | null;
};

/** `queue` is the host's own task queue; `<queue>:ctl` is its control queue. */
export type Acquired = { host: string; queue: string };
/** acquire either gives a browser or says why the job cannot start. */
export type AcquireResult = { outcome: 'acquired'; browser: Acquired } | { outcome: 'refused'; error: StepError };

/**
 * One step to carry out. `instance` rises with every step occurrence of the job and is its key in the host's ledger; `after` is the instance that must be
 * done first (null: none is in flight); `gen` is the generation (steps that are done one after the other); `dispatch` rises with every dispatch.
 */
export type StepTask = {
  jobId: string;
  instance: number;
  after: number | null;
  gen: number;
  dispatch: number;
  step: PlannedStep;
  /** ms to wait before the step, 0 for the first */
  pauseBefore: number;
  baseUrl?: string;
};

type Ran = {
  instance: number;
  attempt: number;
  retries: number;
  startedAt: string;
  finishedAt: string;
  page?: PageRef;
  screenshot?: string;
};
export type StepReport =
  | (Ran & { outcome: 'done'; matchedBy?: string; captures: CapturedValue[] })
  | (Ran & { outcome: 'failed'; error: StepError })
  /** a pause or a cancel came while it was only waiting: nothing was done */
  | { instance: number; outcome: 'interrupted' }
  /** its generation was shut before it began */
  | { instance: number; outcome: 'not_started' }
  /** a `once` step had begun to act when its worker died: nobody knows */
  | { instance: number; outcome: 'unknown'; attempt: number; startedAt: string }
  /** the browser is gone (crashed, or its host was restarted) */
  | { instance: number; outcome: 'lost'; attempt: number };

export type CloseTask = { jobId: string };
export type StopTask = { jobId: string; gen: number };
export type ProjectTask = { jobId: string; header: JobHeader; events: JobEvent[]; line: string; bar: string };

/** On `<prefix>browsers`. Waits for a free browser; resolves expression variables; idempotent. */
export interface AcquireActivities {
  acquireBrowser(task: { jobId: string }): Promise<AcquireResult>;
}
/** On `<prefix>browser:<host>`. A step's error is a result, not a throw. */
export interface StepActivities {
  runStep(task: StepTask): Promise<StepReport>;
}
/** On `<prefix>browser:<host>:ctl`. */
export interface ControlActivities {
  stopSteps(task: StopTask): Promise<void>;
  /** ends the browser and removes what was kept for the job (ledger, values, secrets) */
  closeBrowser(task: CloseTask): Promise<void>;
}
/** Local, in the orchestrator. Stores the events and upserts the row in one transaction; harmless when repeated. */
export interface ProjectionActivities {
  project(task: ProjectTask): Promise<void>;
}
