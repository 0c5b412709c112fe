/**
 * What stands between a step that a person must approve and its effect. A look takes the evidence and ends the attempt; an approved step is looked at again and
 * goes on only when it is exactly what was approved.
 */
import type { ElementHandle } from 'playwright';
import type { Evidence } from '../../contract/approval.ts';
import type { RunbookRef } from '../../contract/job.ts';
import type { StepTask } from '../../contract/step-task.ts';
import type { HostValue } from '../../host/protocol.ts';
import type { WorkerDependencies } from '../dependencies.ts';
import { pageRef } from '../diagnostics.ts';
import type { Limit } from '../limit.ts';
import type { Attached } from '../pages.ts';
import { pictureName } from '../picture.ts';
import { race, within } from '../race.ts';
import { oneElement } from '../selectors/one-element.ts';
import type { Target } from '../selectors/find.ts';
import type { StepContext } from '../step-context.ts';
import { Looked, StepFailure } from '../step-failure.ts';
import { digestOf } from './digest.ts';
import { jobValues, type Facts } from './facts.ts';
import { guardTarget } from './guard.ts';
import { pictureOf } from './mark.ts';
import { resolveStep, wantedName } from './resolved.ts';
import { limits, readScene, type Scene } from './scene.ts';
import { show, tellMessage, type Showing } from './shown.ts';

export type Inspection = {
  /**
   * @returns the element that was looked at, which is the one to act on
   * @throws Looked when the step ends here; StepFailure
   */
  element(found: Target): Promise<ElementHandle>;
  /**
   * `work` on the element that has passed, watched by the page until it is over
   * @throws Looked when what was approved was not there any more at the last moment; then nothing was done
   */
  guarded<T>(work: () => Promise<T>): Promise<T>;
  /** for a step without an element; does nothing when the step has passed already */
  page(): Promise<void>;
  /**
   * for an approved step whose element is not there
   * @throws Looked, unless it is what was approved
   */
  whenGone(): Promise<void>;
};

export type Inspecting = {
  task: StepTask;
  attached: Attached;
  /** as the ledger gave them */
  given: readonly HostValue[];
  context: Pick<StepContext, 'fill' | 'address' | 'values' | 'waiting' | 'staging'>;
  limit: Limit;
  /** a pause, a cancel, the end of the browser; not the step's limit: evidence has its own */
  stopped: AbortSignal;
  dependencies: Pick<WorkerDependencies, 'host' | 'epoch' | 'store' | 'index' | 'log' | 'lost' | 'mac' | 'lastGoodRun'>;
};

const lastGoodMs = 1_000;
const messageMs = 2_000;
const frameMs = 1_000;

/** undefined: nobody is asked */
export function createInspection(inspecting: Inspecting): Inspection | undefined {
  const { task, context } = inspecting;
  if (!task.look && !task.approved) return undefined;
  const { approved } = task;
  let passed = false;
  let last: { handle: ElementHandle; essence: string } | undefined;
  const lookAgain = async (handle: ElementHandle): Promise<never> => {
    inspecting.limit.end();
    // the ledger says that the step acts: from there on no pause interrupts it
    const { gone } = inspecting.attached;
    const unhurried: Inspecting = { ...inspecting, context: { ...context, waiting: gone }, stopped: gone };
    const facts = await factsOf(handle, unhurried);
    const digest = digestOf(facts, { jobId: task.jobId, runbook: runbookOf(task) }, inspecting.dependencies.mac);
    throw new Looked('void', await evidenceOf({ facts, digest, handle }, unhurried));
  };
  const inspect = async (handle: ElementHandle | undefined, gone: boolean): Promise<void> => {
    const facts = await factsOf(handle, inspecting);
    const digest = digestOf(facts, { jobId: task.jobId, runbook: runbookOf(task) }, inspecting.dependencies.mac);
    if (approved?.digest === digest) {
      passed = !gone;
      last = handle && facts.scene ? { handle, essence: facts.scene.essence } : undefined;
      return;
    }
    inspecting.limit.end();
    const evidence = await race(evidenceOf({ facts, digest, handle }, inspecting), inspecting.stopped);
    throw new Looked(approved ? 'void' : 'seen', evidence);
  };
  return {
    async element(found) {
      const handle = await race(oneElement(found), context.waiting);
      await inspect(handle, false);
      return handle;
    },
    async guarded(work) {
      const guard = last && (await guardTarget(last.handle, limits, last.essence));
      const result = await work().then(
        (value) => ({ value }),
        (error: unknown) => ({ error }),
      );
      if (last && (await guard?.end())) return lookAgain(last.handle);
      if ('error' in result) throw result.error;
      return result.value;
    },
    page: async () => (passed ? undefined : inspect(undefined, false)),
    whenGone: async () => (passed || !approved ? undefined : inspect(undefined, true)),
  };
}

const runbookOf = ({ look, approved }: StepTask): RunbookRef | null => look?.runbook ?? approved?.runbook ?? null;

/** The page comes last: what is true of it is fresh when the step acts. */
async function factsOf(handle: ElementHandle | undefined, { task, attached, given, context }: Inspecting): Promise<Facts> {
  const { step } = task;
  const resolving = { ...context, redact: attached.redact };
  const resolved = await resolveStep(step.action, resolving);
  const wanted = await wantedName(step.action, resolving);
  const frame = handle && (await race(frameAddress(handle), context.waiting));
  const scene: Scene | null = handle ? await readScene(handle, context.waiting) : null;
  return { step, url: attached.page().url(), ...(frame !== undefined && { frame }), scene, resolved, wanted, job: jobValues(given) };
}

/** What is approved in a frame is approved in that frame only, whatever the page shows there later. Undefined: the page itself. */
async function frameAddress(handle: ElementHandle): Promise<string | undefined> {
  const frame = await within(frameMs, handle.ownerFrame());
  return frame?.parentFrame() ? frame.url() : undefined;
}

type Look = { facts: Facts; digest: string; handle: ElementHandle | undefined };

async function evidenceOf({ facts, digest, handle }: Look, inspecting: Inspecting): Promise<Evidence> {
  const { task, attached, dependencies, context } = inspecting;
  const { redact } = attached;
  const showing: Showing = { values: context.values, redact, mac: dependencies.mac, lastGood: await lastGoodOf(task, dependencies) };
  const message = await messageOf(inspecting, showing);
  const page = attached.page();
  const where = await pageRef(page, redact);
  const { jobId, instance, dispatch, step } = task;
  const key = dependencies.mac(JSON.stringify(['approval picture', jobId, instance, dispatch]));
  const shot = { page, jobId, stepId: step.id, name: pictureName(step.id), key, detail: { because: 'approval' as const } };
  const picture = await pictureOf(handle, shot, dependencies);
  const takenAt = new Date().toISOString();
  return { takenAt, ...show(facts, showing), ...(message !== undefined && { message }), ...where, ...picture, digest };
}

async function lastGoodOf(task: StepTask, { lastGoodRun }: Inspecting['dependencies']): Promise<Readonly<Record<string, string>>> {
  const runbook = runbookOf(task);
  return (runbook && (await within(lastGoodMs, lastGoodRun.values(runbook.id, task.jobId)))) ?? {};
}

/** A message that cannot be filled in is shown as it was written: it must not keep the question from being asked. */
async function messageOf({ task, context, stopped }: Inspecting, showing: Showing): Promise<string | undefined> {
  const template = task.step.approval?.message;
  if (template === undefined) return undefined;
  const filled = await within(messageMs, tellMessage(template, context.fill, showing));
  stopped.throwIfAborted();
  return filled ?? showing.redact(template);
}

/** The element of an approved step is not there: that is a difference, no failure. */
export const isGone = (error: unknown): boolean =>
  error instanceof StepFailure && ['element_not_found', 'ambiguous', 'page_structure_changed', 'element_stale'].includes(error.code);
