/** What a step's handler works with. */
import type { Page } from 'playwright';
import type { Candidate } from '../contract/error.ts';
import type { Action, ActionType } from '../contract/action.ts';
import type { Mark } from '../contract/evidence.ts';
import type { SeenDialog, StepFile } from '../contract/job.ts';
import type { KeepFile } from './keep-file.ts';
import type { PlannedStep } from '../contract/step-task.ts';
import type { Redactor } from '../domain/redact.ts';
import type { Call } from '../host/protocol.ts';
import type { Staging } from './files/staging.ts';
import type { Limit } from './limit.ts';
import type { Target } from './selectors/find.ts';
import type { StepDownloads } from './step-host.ts';
import type { Values } from './values.ts';

/** What was learned while the element was looked for; part of the report, whatever the outcome. */
export type Search = { retries: number; candidates: Candidate[]; matchedBy?: string; missed?: string[] };
export type Network = Call['refusals'][1];
export type ActOptions = { timeout: number; signal: AbortSignal };

export type StepContext = {
  /** the job's page at this moment: the newest tab that is still open */
  readonly page: Page;
  /** Resolves when every tab that the browser has opened so far is known. For steps that may have opened one. */
  tabsSettled: () => Promise<void>;
  step: PlannedStep;
  values: Values;
  /** until the step acts: aborted by a pause, a cancel, the end of the browser, and the step's limit */
  waiting: AbortSignal;
  limit: Limit;
  search: Search;
  /** what the guard of this browser's connections knows: refusals, and connections that failed */
  network: () => Promise<Network>;
  /** the rows of a collection as they were before this step; none when nothing was added to it */
  collection: (name: string) => Promise<unknown[]>;
  /** keeps a file of the job; it is told of in the step's report when the handler gives it back */
  keepFile: KeepFile;
  /** the files that pages load down */
  downloads: StepDownloads;
  /** those that were answered since the step began */
  dialogs: () => Promise<SeenDialog[]>;
  /** the files that an upload gives away */
  staging: Staging;
  /** masks what nobody may see */
  redact: Redactor;
  /** a template with the job's values filled in */
  fill: (template: string) => Promise<string>;
  /**
   * a template of an address, which may be relative
   * @throws StepFailure when it is no http address
   */
  address: (template: string) => Promise<URL>;
  /**
   * For a step that a person must approve: ends it when this is only a look, or when the page is not what was approved. The element to act on is the one that
   * it gives back. Must come after everything that is waited for. For any other step it does nothing.
   */
  confirm: (element: Target) => Promise<Target>;
  /** The same for a step without an element. `act` does it by itself; a step that does not act must. */
  confirmPage: () => Promise<void>;
  /**
   * The effect itself: tells the ledger first (nothing to tell for `read`), then does it, with at most 5 s. Not interruptible from there on. `mark`: where the element is, for whoever watches.
   * @throws Interrupted when a pause came first
   * @throws StepFailure `action_failed` when `work` throws
   */
  act<T>(work: (options: ActOptions) => Promise<T>, mark?: Mark): Promise<T>;
  /** for whoever watches: how often the element was looked for again */
  lookingAgain: (retries: number) => void;
};

/** `extracted` is what later captures know as {{__extracted}}; `files` are stored already. */
export type StepOutcome = { extracted?: string; files?: StepFile[] };
export type ActionOf<K extends ActionType> = Extract<Action, { type: K }>;
export type StepHandler<K extends ActionType> = (action: ActionOf<K>, context: StepContext) => Promise<StepOutcome>;
