/** What a step that runs says to the browser host and asks of it. */
import type { Mark } from '../contract/evidence.ts';
import type { SeenDialog } from '../contract/job.ts';
import { HostError } from '../host/client.ts';
import type { Call, HostDownload, Ref } from '../host/protocol.ts';
import type { HostCalls } from './dependencies.ts';
import { Interrupted } from './step-failure.ts';

export type StepHost = {
  /** tells the ledger that the effect comes now; rejects with Interrupted when it may not */
  announce(mark?: Mark): Promise<void>;
  /** a step that only reads does something with the page now (points, scrolls, opens). For whoever watches, and not waited for */
  touching(mark?: Mark): void;
  /** for whoever watches: the element is looked for again. Not waited for */
  lookingAgain(retries: number): void;
  network(): Promise<Call['refusals'][1]>;
  /** the rows of a collection, without what this step appends */
  collection(name: string): Promise<unknown[]>;
  /** an item of a list that a loop goes through */
  item(list: string, index: number): Promise<Call['item'][1]>;
  /** texts that nobody may see, in pictures, the trace and later steps, though they are no values (yet) */
  mask(texts: string[]): Promise<void>;
  /** from now on until the step ends */
  expectDialog(answer: { accept: boolean; text?: string }): Promise<void>;
  /** those that were answered since the step began */
  dialogs(): Promise<SeenDialog[]>;
  downloads: StepDownloads;
};

/** The files that the pages of the job load down. */
export type StepDownloads = {
  /** what is kept, oldest first, and the number of the newest there has ever been */
  list(): Promise<Call['downloads'][1]>;
  /** The first one above number `after`; with `ended` when nothing more will come of it. Until `signal` is aborted. */
  wait(wanted: { after: number; ended: boolean }, signal: AbortSignal): Promise<HostDownload>;
  /** it was taken, or given up */
  drop(number: number): Promise<void>;
};

export function createStepHost(ref: Ref, host: HostCalls): StepHost {
  const { jobId, epoch } = ref;
  return {
    announce: (mark) => host.call('acting', { ...ref, ...(mark && { mark }) }).then(() => undefined, refusedToAct),
    touching: (mark) => mark && void host.call('progress', { ...ref, mark }).catch(() => undefined),
    lookingAgain: (retries) => void host.call('progress', { ...ref, retries }).catch(() => undefined),
    network: () => host.call('refusals', { jobId }),
    collection: async (name) => (await host.call('collection', { jobId, epoch, name })).rows,
    item: (list, index) => host.call('item', { jobId, epoch, list, index }),
    mask: async (texts) => void (await host.call('mask', { jobId, epoch, texts })),
    expectDialog: async (answer) => void (await host.call('expectDialog', { ...ref, ...answer })),
    dialogs: async () => (await host.call('dialogs', ref)).dialogs,
    downloads: {
      list: () => host.call('downloads', { jobId, epoch }),
      wait: (wanted, signal) => host.call('awaitDownload', { jobId, epoch, ...wanted }, signal),
      drop: async (number) => void (await host.call('dropDownload', { jobId, epoch, number })),
    },
  };
}

/** The generation was shut between the last look and the effect: nothing was done. */
function refusedToAct(error: unknown): never {
  throw error instanceof HostError && error.code === 'stopped' ? new Interrupted() : error;
}
