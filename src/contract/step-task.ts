/** What travels between the workflow and the activities. Types only: workflow code must not carry zod. */
import type { Action } from './action.ts';
import type { Evidence } from './approval.ts';
import type { StepError } from './error.ts';
import type { JobEvent } from './event.ts';
import type { JobOptions, ScreenshotPolicy, Trouble } from './evidence.ts';
import type { CapturedValue, InputValue, JobHeader, PageRef, RerunRef, RunbookRef, SeenDialog, StepFile } from './job.ts';
import type { Effect, Loop, OnTimeout, Settings, Step } from './runbook.ts';

/** `timeoutMs` absent: an answer is waited for as long as it takes. */
export type PlannedApproval = { message?: string; timeoutMs?: number; onTimeout: OnTimeout; changingParameters: string[] };
/** `atLeastOnce`: the condition reads what only the loop itself captures, so nobody can ask it before the first iteration. */
export type PlannedLoop = Omit<Loop, 'maxIterations'> & { maxIterations: number; atLeastOnce?: true };
/** `hasDefault`: the last of `bodies` is the default */
export type PlannedBranches = { variable: string; matches: string[]; hasDefault: boolean };
/**
 * A step with every default filled in. A person is asked first when there is `approval`. A container (`loop` or `branches`, never both) only decides about its `bodies`: one for a loop,
 * one for each case of branches; its own action has become a step of its own.
 */
export type PlannedStep = Omit<Step, 'approval' | 'requiresConfirmation' | 'action' | 'loop' | 'branches' | 'steps'> & {
  action: Action;
  loop?: PlannedLoop;
  branches?: PlannedBranches;
  bodies?: PlannedStep[][];
  effect: Effect;
  timeout: number;
  retries: number;
  continueOnError: boolean;
  approval?: PlannedApproval;
};

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
  /** ISO 8601; absent: at once */
  scheduledFor?: string;
  /** how long a browser is kept while a person is waited for; absent in jobs that were started before there was parking: for ever */
  parkAfterMs?: number;
  /** the server knows our search attributes (an unknown one would jam the workflow) */
  searchAttributes?: true;
  /** another attempt of a job: steps before `startAt` are kept, and the browser first opens `openAt` */
  rerun?: { of: RerunRef; startAt?: string; openAt?: string };
  /** absent: all defaults */
  options?: JobOptions;
};

/** `queue` is the host's own task queue; `<queue>:ctl` is its control queue. `browser`: as in Chromium 156.0.7444.59. */
export type Acquired = { host: string; queue: string; browser?: string };
/** What is recorded for as long as a browser of the job lives, and whether it may be watched (default: yes). */
export type Recording = { video?: true; trace?: true; live?: false };
/** `restore`: the browser is put back to the job's checkpoint; `openAt`: a fresh one first opens this address. */
export type AcquireTask = { jobId: string; restore?: true; openAt?: string; viewport?: Settings['viewport']; record?: Recording };
/**
 * acquire either gives a browser or says why the job cannot go on. `session_lost`: there is a browser, but the page that the checkpoint knows cannot be reached
 * any more (mostly: the log-in has expired). `missing`: what was asked for and cannot be recorded, in words.
 */
export type AcquireResult =
  | { outcome: 'acquired'; browser: Acquired; page?: PageRef; missing?: string[] }
  | { outcome: 'session_lost'; browser: Acquired; error: StepError; page?: PageRef; screenshot?: string }
  | { outcome: 'refused'; error: StepError };

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
  /** without `bodies` */
  step: PlannedStep;
  /** ms to wait before the step, 0 for the first */
  pauseBefore: number;
  baseUrl?: string;
  /** only look: find the target, take the evidence for an approval and a checkpoint, change nothing. The step's effect is `read` then */
  look?: { runbook: RunbookRef | null };
  /** of which outcome a picture is kept; absent: `change` */
  screenshots?: ScreenshotPolicy;
  /** of a step inside loops: iterations from 0, outermost first */
  iterations?: number[];
  /** of a container: only decide about iteration `iteration` (from 0; of branches always 0). The step's effect is `read` then */
  decide?: { iteration: number };
  /** only ask the step's probe whether it has happened */
  probe?: true;
  /** look again and act only when the digest is still the same; the report is `void` otherwise */
  approved?: { runbook: RunbookRef | null; approvalId: string; digest: string };
};

type Ran = {
  instance: number;
  attempt: number;
  retries: number;
  startedAt: string;
  finishedAt: string;
  page?: PageRef;
  screenshot?: string;
  troubles?: Trouble[];
};
/**
 * What a container decided. `in`: body number `body` is carried out (`total`: of how many iterations, when that is known; `label`: the item, null when it may not be
 * shown; `value`: of branches). `past`: nothing (more) is done; `capped`: though there was more to do.
 */
export type Decision =
  | { go: 'in'; body: number; total?: number; label?: string | null; value?: string | null }
  | { go: 'past'; capped?: boolean; value?: string | null };

export type StepReport =
  | (Ran & {
      outcome: 'done';
      matchedBy?: string;
      missed?: string[];
      dialogs?: SeenDialog[];
      files?: StepFile[];
      captures: CapturedValue[];
      /** collection → how many rows the step added */
      appended?: Record<string, number>;
      /** the answer to `decide` */
      decision?: Decision;
      /** the answer to `probe` */
      happened?: boolean;
    })
  | (Ran & { outcome: 'failed'; error: StepError; dialogs?: SeenDialog[] })
  /** its `when` did not hold; nothing was done */
  | { instance: number; outcome: 'skipped' }
  /** of a `look` */
  | (Ran & { outcome: 'seen'; evidence: Evidence })
  /** of an approved step: nothing was done, since the page is not what was approved */
  | (Ran & { outcome: 'void'; evidence: Evidence })
  /** a pause or a cancel came while it was only waiting: nothing was done */
  | { instance: number; outcome: 'interrupted' }
  /** its generation was shut before it began */
  | { instance: number; outcome: 'not_started' }
  /** a `once` step had begun to act when its worker died: nobody knows */
  | { instance: number; outcome: 'unknown'; attempt: number; startedAt: string }
  /** the browser is gone (crashed, or its host was restarted) */
  | { instance: number; outcome: 'lost'; attempt: number };

/** `screenshots`: of the job; absent: `change` */
export type CloseTask = { jobId: string; screenshots?: ScreenshotPolicy };
/** `missing`: what was to be recorded and is not there, in words. Older workers answer nothing. */
export type CloseReport = { missing?: string[] };
export type StopTask = { jobId: string; gen: number };
/** `token` is new for every wait: a repeated task knows by it what it has done already. */
export type CheckpointTask = { jobId: string; token: number; picture: boolean };
export type ParkTask = { jobId: string; token: number };
/** `lost`: there is no browser of this job, and no checkpoint with this token. */
export type CheckpointReport = { outcome: 'taken'; page: PageRef; screenshot?: string; missing?: string[] } | { outcome: 'lost' };
export type ProjectTask = { jobId: string; header: JobHeader; events: JobEvent[]; line: string; bar: string };

/**
 * On `<prefix>browsers`, and for jobs that come back on `<prefix>browsers:return`, which are served first. Waits for a free browser; resolves expression
 * variables; idempotent.
 */
export interface AcquireActivities {
  acquireBrowser(task: AcquireTask): Promise<AcquireResult>;
}
/** On `<prefix>browser:<host>`. A step's error is a result, not a throw. */
export interface StepActivities {
  runStep(task: StepTask): Promise<StepReport>;
}
/** On `<prefix>browser:<host>:ctl`. */
export interface ControlActivities {
  stopSteps(task: StopTask): Promise<void>;
  /** ends the browser, stores what was recorded, and removes what was kept for the job (ledger, values, secrets, checkpoint) */
  closeBrowser(task: CloseTask): Promise<CloseReport>;
  /** keeps the page, the storages and the captured values, encrypted; the browser goes on */
  checkpointBrowser(task: CheckpointTask): Promise<CheckpointReport>;
  /** a checkpoint, then the end of the browser, of which is stored what was recorded; what the job needs to come back is kept */
  parkBrowser(task: ParkTask): Promise<CheckpointReport>;
}
/** Local, in the orchestrator. Stores the events and upserts the row in one transaction; harmless when repeated. */
export interface ProjectionActivities {
  project(task: ProjectTask): Promise<void>;
}
