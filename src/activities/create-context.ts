/** What a handler is given: everything it waits for can be interrupted, and nothing acts unannounced or unconfirmed. */
import type { StepTask } from '../contract/step-task.ts';
import type { Redactor } from '../domain/redact.ts';
import type { HostValue } from '../host/protocol.ts';
import type { WorkerDependencies } from './dependencies.ts';
import type { Limit } from './limit.ts';
import { createFileSource } from './files/file-source.ts';
import { createStaging } from './files/staging.ts';
import { createKeepFile } from './keep-file.ts';
import { createInspection, type Inspection } from './look/inspection.ts';
import { isTimeout, obstacle } from './obstacle.ts';
import { BrowserGone, type Attached } from './pages.ts';
import { race } from './race.ts';
import { absoluteAddress } from './steps/address.ts';
import type { Search, StepContext } from './step-context.ts';
import { firstLine, Interrupted, Looked, StepFailure } from './step-failure.ts';
import type { StepHost } from './step-host.ts';
import { fillTemplate, type Values } from './values.ts';

const actMs = 5_000;

export type AttemptInput = {
  task: StepTask;
  attached: Attached;
  values: HostValue[];
  /** texts that were secret and are no value any more, as far as the host tells them */
  earlier: string[];
  /** a pause or a cancel */
  interrupt: AbortSignal;
  host: StepHost;
  /** how many characters of JSON may still be appended to collections */
  room: number;
  dependencies: Pick<WorkerDependencies, 'host' | 'epoch' | 'store' | 'index' | 'log' | 'lost' | 'mac' | 'lastGoodRun' | 'filesFolder'>;
};

export type Prepared = { context: StepContext; inspection: Inspection | undefined };
type Preparing = { input: AttemptInput; limit: Limit; search: Search; values: Values; redact: Redactor };

export function createContext({ input, limit, search, values, redact }: Preparing): Prepared {
  const { task, attached, interrupt, host, dependencies } = input;
  const stopped = AbortSignal.any([toInterrupted(interrupt), attached.gone]);
  const over = AbortSignal.any([limit.signal, attached.gone]);
  const waiting = AbortSignal.any([over, stopped]);
  const filling = createFilling(input, values, waiting);
  const staging = createStaging(createFileSource(task.jobId, dependencies));
  const inspection = createInspection({
    task,
    attached,
    given: input.values,
    context: { ...filling, values, waiting, staging },
    limit,
    stopped,
    dependencies,
  });
  const expectDialog = createExpectDialog(input, filling.fill);
  const context: StepContext = {
    get page() {
      return attached.page();
    },
    tabsSettled: () => attached.tabs.settled(over),
    step: task.step,
    values,
    waiting,
    limit,
    search,
    ...filling,
    network: () => host.network(),
    collection: (name) => host.collection(name),
    keepFile: createKeepFile(task, dependencies),
    downloads: host.downloads,
    dialogs: () => host.dialogs(),
    staging,
    redact,
    confirm: async (element) => inspection?.element(element) ?? element,
    async confirmPage() {
      await inspection?.page();
      await expectDialog();
    },
    lookingAgain: (retries) => host.lookingAgain(retries),
    act: createAct({ inspection, expectDialog, host, reads: onlyReads(task), waiting, over, limit }),
  };
  return { context, inspection };
}

type Acting = {
  inspection: Inspection | undefined;
  expectDialog: () => Promise<void>;
  host: Pick<StepHost, 'announce' | 'touching'>;
  reads: boolean;
  /** until the step acts */
  waiting: AbortSignal;
  over: AbortSignal;
  limit: Limit;
};

function createAct({ inspection, expectDialog, host, reads, waiting, over, limit }: Acting): StepContext['act'] {
  return async (work, mark) => {
    if (waiting.aborted) throw waiting.reason;
    if (inspection) await inspection.page();
    await expectDialog();
    if (reads) host.touching(mark);
    else await host.announce(mark);
    const signal = reads ? waiting : over;
    const options = { timeout: Math.min(actMs, limit.remaining()), signal };
    const working = inspection && !reads ? inspection.guarded(() => work(options)) : work(options);
    return race(working, signal).catch((error: unknown) => Promise.reject(afterEffect(error, { limit, signal, reads })));
  };
}

/** Whether nothing has happened when the task is carried out half. */
export const onlyReads = ({ look, decide, probe, step }: StepTask): boolean =>
  look !== undefined || decide !== undefined || probe === true || step.effect === 'read';

/** Told once, just before the effect. A look has none. */
function createExpectDialog({ task, host }: AttemptInput, fill: StepContext['fill']): () => Promise<void> {
  const { dialog } = task.step;
  let told = dialog === undefined || task.look !== undefined;
  return async () => {
    if (told || dialog === undefined) return;
    told = true;
    if (typeof dialog === 'string') return host.expectDialog({ accept: dialog === 'accept' });
    const text = dialog.text === undefined ? undefined : await fill(dialog.text);
    await host.expectDialog({ accept: dialog.accept, ...(text !== undefined && { text }) });
  };
}

/** What a person approves and what the step uses must be one and the same, whatever an expression gives the second time: then each template is filled in once. */
function createFilling({ task, attached }: AttemptInput, values: Values, signal: AbortSignal): Pick<StepContext, 'fill' | 'address'> {
  const fill = (template: string): Promise<string> => fillTemplate(template, { values, blank: attached.blank, signal });
  const base = async (): Promise<string | undefined> => (task.baseUrl === undefined ? undefined : fill(task.baseUrl));
  const address = async (template: string): Promise<URL> => absoluteAddress(await fill(template), [await base(), attached.page().url()]);
  return task.look || task.approved ? { fill: once(fill), address: once(address) } : { fill, address };
}

function once<T>(work: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return (key) => {
    const result = known.get(key) ?? work(key);
    known.set(key, result);
    return result;
  };
}

/** Everything that goes wrong once the step has begun to act is `action_failed`, whatever Playwright calls it. */
function afterEffect(error: unknown, { limit, signal, reads }: { limit: Limit; signal: AbortSignal; reads: boolean }): Error {
  if (isFinal(error)) return error;
  if (signal.aborted && (reads || !limit.signal.aborted)) return signal.reason instanceof Error ? signal.reason : new Interrupted();
  return new StepFailure('action_failed', limit.signal.aborted ? overdue : isTimeout(error) ? notTaken(error) : firstLine(error));
}

const isFinal = (error: unknown): error is Error =>
  (error instanceof StepFailure && error.code !== 'timeout') || [Interrupted, BrowserGone, Looked].some((type) => error instanceof type);

const overdue = 'The step had begun to act, and the page did not answer within the time limit.';
const notTaken = (error: unknown): string => `The page did not take the action within ${actMs / 1_000} s${suffix(obstacle(error))}.`;

const suffix = (reason: string | undefined): string => (reason === undefined ? '' : `: ${reason}`);

function toInterrupted(signal: AbortSignal): AbortSignal {
  const controller = new AbortController();
  const abort = (): void => controller.abort(new Interrupted());
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  return controller.signal;
}
