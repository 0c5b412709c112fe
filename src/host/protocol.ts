/**
 * What a worker says to the browser host, over HTTP on a Unix socket (POST /<verb>, JSON in, JSON out; DESIGN 3.1). Errors are
 * `{code, message}` with status 409 (`fenced`, `stopped`) or 410 (`lost`: there is no browser of this job).
 */
import type { SeenDialog } from '../contract/job.ts';
import type { Doing, LiveState, Mark, VideoSegment } from '../contract/evidence.ts';
import type { Effect } from '../contract/runbook.ts';
import type { Recording } from '../contract/step-task.ts';

/** One value that steps can use. Sensitive ones are masked wherever they would be shown. */
/** `json`: `value` is JSON that expressions see as data (the item of a loop) */
export type HostValue = { name: string; value: string; sensitive: boolean; json?: true };
/** Rows (any JSON) that a step adds to a collection. */
export type Appended = { collection: string; rows: unknown[] };
export type Collections = Record<string, unknown[]>;

export { listPrefix } from '../domain/names.ts';
/** Characters of JSON that all collections of a job may have: they travel in one request when the job is parked. */
export const mostAppended = 32_000_000;

export type Call = {
  /** a worker takes charge: raises the epoch, fences its predecessor */
  attach: [Record<string, never>, { epoch: number; host: string; slots: number; jobs: { jobId: string; endpoint: string }[] }];
  /** waits for a free slot, first come first served; idempotent per job. `values` are kept (encrypted) for as long as the job lives */
  /** `fresh`: no step has begun in this browser yet. Values that the ledger has already are kept (a step may have captured a newer one) */
  /** `storage`: a fresh browser begins with these cookies and storages; `returning`: served before jobs that have not begun */
  /** `version`: of the browser, as in Chromium 156.0.7444.59; `missing`: what was to be recorded and cannot be, in words */
  open: [
    {
      jobId: string;
      epoch: number;
      values: HostValue[];
      collections?: Collections;
      earlier?: string[];
      storage?: StorageState;
      returning?: boolean;
      record?: Recording;
    },
    { endpoint: string; fresh: boolean; version?: string; missing?: string[] },
  ];
  /** the newest page as it is now, with everything covered that nobody may see; null: it gave none in time, or something could not be covered */
  picture: [{ jobId: string; epoch: number }, { picture: HostPicture | null }];
  /** what a step does besides beginning and acting: it looks again, or reads at the `mark`. Told to whoever watches */
  progress: [Ref & { retries?: number; mark?: Mark }, Record<string, never>];
  /** what browsers of the job have left that have ended: ready to be stored, masked, oldest first. Never waits for a browser that lives */
  recordings: [{ jobId: string; epoch: number }, { files: RecordedFile[]; missing: string[] }];
  /** they are stored: removes them, and what was missing is not told again */
  dropRecordings: [{ jobId: string; epoch: number; files: string[] }, Record<string, never>];
  /** adds values after open (expression variables) */
  values: [{ jobId: string; epoch: number; values: HostValue[] }, Record<string, never>];
  /** texts that nobody may see from now on, though they are no values */
  mask: [{ jobId: string; epoch: number; texts: string[] }, Record<string, never>];
  /** what a checkpoint needs: the way into the browser, and every value that the ledger has; 410 `lost` when there is no browser */
  keep: [{ jobId: string; epoch: number }, { endpoint: string; values: HostValue[]; collections: Collections; earlier?: string[] }];
  /** the rows of one collection; none when nothing was added to it */
  collection: [{ jobId: string; epoch: number; name: string }, { rows: unknown[] }];
  /** one item of a list that a loop goes through; `item` absent: behind its end; `total` null: there is no such list */
  item: [{ jobId: string; epoch: number; list: string; index: number }, { total: number | null; sensitive?: boolean; item?: unknown }];
  close: [{ jobId: string }, Record<string, never>];
  /** one long poll, one atomic answer */
  begin: [Begin, Begun];
  /** just before the effect; 409 `stopped` when the generation is shut */
  /** `mark`: the element, in fractions of the page's viewport */
  acting: [Ref & { mark?: Mark }, Record<string, never>];
  done: [Ref & { result: unknown; captures: HostValue[]; appends?: Appended[] }, Record<string, never>];
  /** what becomes of dialogs from now on until the step ends; without it they are dismissed */
  expectDialog: [Ref & { accept: boolean; text?: string }, Record<string, never>];
  /** the dialogs that were answered since the step began (at most 50) */
  dialogs: [Ref, { dialogs: SeenDialog[] }];
  /** the files that pages load down, as far as they are kept (at most 5), oldest first; `last`: the number of the newest there has ever been, 0 for none */
  downloads: [{ jobId: string; epoch: number }, { last: number; downloads: HostDownload[] }];
  /** a long poll: the first download with a number above `after`; with `ended` only when nothing more will come of it */
  awaitDownload: [{ jobId: string; epoch: number; after: number; ended: boolean }, HostDownload];
  /** a step has taken it, or has given it up: its file is removed */
  dropDownload: [{ jobId: string; epoch: number; number: number }, Record<string, never>];
  failed: [Ref & { result: unknown }, Record<string, never>];
  interrupted: [Ref, Record<string, never>];
  /** shuts the generation; names the instances that are open, so that the worker can abort them */
  stop: [{ jobId: string; gen: number }, { open: number[]; acting: number[] }];
  stat: [Record<string, never>, HostStat];
  /** the last connections of this job's browser (at most 50 each, oldest first) that the guard refused, and that came to nothing */
  refusals: [{ jobId: string }, { refusals: Refused[]; failures: Failed[] }];
};
export type Verb = keyof Call;

/** `received`: bytes that have come. `file`: on this machine, when it is done; `error`: in the browser's words, when it failed. `name`: as the site suggests it. */
export type HostDownload = {
  number: number;
  url: string;
  name: string;
  state: 'running' | 'done' | 'failed';
  received: number;
  file?: string;
  error?: string;
};

/** `at`: ms since the epoch; `jpeg`: base64; width and height in CSS pixels of the page */
export type HostPicture = { at: number; url: string; title: string; width: number; height: number; jpeg: string };
/** `file`: a path on this machine. Unfinished ones of a host that was killed are among them when they can be played. */
export type RecordedFile = {
  file: string;
  kind: 'video' | 'trace';
  bytes: number;
  startedAt: string;
  video?: { durationMs: number; segments: VideoSegment[] };
};
/**
 * What whoever watches a job is told (POST /watch `{jobId}`: an answer without end, one JSON document a line). At once: the state, and the last picture when there is
 * one; then what changes. Asking makes the host take pictures of the job's browser, for as long as the request lasts. A reader that falls behind gets the newest picture
 * later, not all of them.
 */
export type HostLiveMessage =
  | { type: 'state'; state: Exclude<LiveState, 'unreachable'>; since: number }
  | { type: 'doing'; doing: Doing | null }
  | { type: 'frame'; at: number; url: string; width: number; height: number; jpeg: string }
  /** Frames so far may show what nobody may see from now on: none of them is given to anybody any more. */
  | { type: 'forget' };

/** As Playwright's `context.storageState({ indexedDB: true })` gives it; only passed through. */
export type StorageState = { cookies: unknown[]; origins: unknown[] };
export type Ref = { jobId: string; instance: number; epoch: number };
/** `stepId`: for whoever watches; absent: nothing is told (a decision, a probe) */
export type Begin = Ref & { after: number | null; gen: number; dispatch: number; effect: Effect; stepId?: string };
export type Begun =
  /** `values`: all but the lists of loops. `earlier`: the newest texts that were secret values and are no more. `room`: how many characters of JSON may still be appended to collections */
  | { go: 'run'; attempt: number; endpoint: string; values: HostValue[]; earlier?: string[]; room: number }
  | { go: 'done'; result: unknown }
  | { go: 'failed'; result: unknown }
  | { go: 'unknown'; attempt: number; at: string }
  | { go: 'not_started' }
  | { go: 'fenced' }
  | { go: 'lost'; attempt: number };

/** http answers carry the reason in the header `x-understudy-refused` (status 403); other connections just fail, so ask `refusals`. */
export type Refused = { at: string; host: string; port: number; reason: RefusalReason };
/** `code` as in Node: `ENOTFOUND`, `ECONNREFUSED`, …; the browser itself knows less (`ERR_EMPTY_RESPONSE`, `ERR_TUNNEL_CONNECTION_FAILED`). */
export type Failed = { at: string; host: string; port: number; code: string };
/** `protected`: one of our own services. `metadata`: a cloud's or a link-local address. `proxy`: the guard itself. */
export type RefusalReason = 'protected' | 'metadata' | 'proxy';
export const refusedHeader = 'x-understudy-refused';

/**
 * Every browser of a job has two contexts with a page each, in this order: the **work page** and, in a context without network, the **blank page** in which
 * expressions run. To tell them apart after `chromium.connect(endpoint)`: the blank page is the one whose `viewportSize()` equals `blankViewport` (no page can
 * change that); the other context is the work context, and its first page is the work page, later ones are popups.
 */
export const workViewport = { width: 1280, height: 720 };
export const blankViewport = { width: 1, height: 1 };

export type HostStat = {
  host: string;
  boot: string;
  epoch: number;
  slots: number;
  used: number;
  waiting: number;
  sandbox: boolean;
  /** ffmpeg is there; absent: an older host */
  video?: boolean;
  /** pictures taken for whoever watches, since the host was started; a quiet page and a page that nobody watches cost none */
  frames?: number;
  jobs: { jobId: string; alive: boolean; open: number[]; acting: number[]; held: number }[];
};

/** Tabs and windows of a job; further ones are closed as soon as they open. */
export const maxPages = 5;
/** Of the pages of a job, oldest first, the one that it works in; undefined when every one was closed. Those beyond the limit are about to be closed and are never it. */
export const newestOf = <P>(pages: readonly P[]): P | undefined => pages.slice(0, maxPages).at(-1);
