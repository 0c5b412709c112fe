/** The protocol of a step between a worker and the browser host (DESIGN 3.1). A step's error is a result, never a throw. */
import type { StepReport, StepTask } from '../contract/step-task.ts';
import { HostError } from '../host/client.ts';
import type { Appended, Begin, Begun, HostValue, Ref } from '../host/protocol.ts';
import { attemptStep, type AttemptResult } from './attempt.ts';
import { keepCheckpoint } from './checkpoint/keep.ts';
import type { WorkerDependencies } from './dependencies.ts';
import { BrowserGone, type Pages } from './pages.ts';
import type { Running } from './running.ts';
import { race } from './race.ts';
import { onlyReads } from './create-context.ts';
import { Interrupted } from './step-failure.ts';
import { createStepHost, type StepHost } from './step-host.ts';
import type { StepPictures } from './step-pictures.ts';

/** What a step needs of its surroundings; Temporal's activity context, or a test. */
export type StepIo = { heartbeat(): void; signal: AbortSignal };
export type StepRunner = (task: StepTask, io: StepIo) => Promise<StepReport>;

const heartbeatMs = 1_000;

/** @returns a function that carries out one step; it rejects only when the host cannot be reached, when `io.signal` is aborted, or when this worker is fenced */
export function createStepRunner({ dependencies, pages, running, pictures }: Runner): StepRunner {
  return async (task, io) => {
    const beat = setInterval(() => io.heartbeat(), heartbeatMs);
    io.heartbeat();
    // before `begin`: a stop may name the instance as soon as the host has let it run
    const mine = running.add(task.jobId, task.instance);
    try {
      const begin = beginOf(task, dependencies.epoch);
      const begun = await dependencies.host.call('begin', begin, io.signal);
      const interrupt = AbortSignal.any([mine.signal, io.signal]);
      return await answer({ task, begin, begun, interrupt, dependencies, pages, pictures });
    } catch (error) {
      if (isCode(error, 'fenced')) dependencies.fenced();
      throw error;
    } finally {
      mine.end();
      clearInterval(beat);
    }
  };
}

type Runner = { dependencies: WorkerDependencies; pages: Pages; running: Running; pictures: StepPictures };
type Turn = {
  task: StepTask;
  begin: Begin;
  begun: Begun;
  interrupt: AbortSignal;
  dependencies: WorkerDependencies;
  pages: Pages;
  pictures: StepPictures;
};

function beginOf(task: StepTask, epoch: number): Begin {
  const { jobId, instance, after, gen, dispatch, step } = task;
  return {
    jobId,
    instance,
    epoch,
    after,
    gen,
    dispatch,
    effect: onlyReads(task) ? 'read' : step.effect,
    ...(!task.decide && !task.probe && { stepId: step.id }),
  };
}

async function answer(turn: Turn): Promise<StepReport> {
  const { begun, task } = turn;
  const { instance } = task;
  switch (begun.go) {
    case 'run':
      return run(turn, begun);
    case 'done':
    case 'failed':
      // the ledger keeps the report itself
      return begun.result as StepReport;
    case 'unknown':
      return { instance, outcome: 'unknown', attempt: begun.attempt, startedAt: begun.at };
    case 'not_started':
      return { instance, outcome: 'not_started' };
    case 'lost':
      return lost(turn, begun.attempt);
    case 'fenced':
      throw new HostError('fenced', 409, 'A newer worker has taken over.');
  }
}

async function run(turn: Turn, begun: Begun & { go: 'run' }): Promise<StepReport> {
  const { task, interrupt, dependencies, pages } = turn;
  const ref: Ref = { jobId: task.jobId, instance: task.instance, epoch: dependencies.epoch };
  try {
    const attached = await pages.attach(task.jobId, begun.endpoint).catch(connectionLost);
    const { values, earlier = [], room } = begun;
    const host = watched(createStepHost(ref, dependencies.host), actingOf(turn, values));
    const result = await attemptStep({ task, attached, values, earlier, room, interrupt, host, dependencies });
    if (result.outcome === 'seen') await keepPlace(turn);
    const told = await report(ref, { result: toReport(task, begun.attempt, result), attempt: result }, dependencies);
    if (result.outcome === 'done' && !task.decide && !task.probe) turn.pictures.done(task);
    return told;
  } catch (error) {
    if (error instanceof Interrupted) return interrupted(ref, dependencies);
    if (error instanceof BrowserGone || isCode(error, 'lost')) return browserGone(turn, begun.attempt);
    throw error;
  }
}

const learnsSecret = ({ step }: StepTask, values: readonly HostValue[]): boolean =>
  (step.captures ?? []).some(({ name }) => values.some((value) => value.name === name && value.sensitive));

type Acting = { acts: () => void; touches: () => void };

/** A script that only reads leaves the page as it is. */
function actingOf({ task, pictures }: Turn, values: readonly HostValue[]): Acting {
  const learns = learnsSecret(task, values);
  const acts = (): void => pictures.acting(task.jobId, learns);
  return { acts, touches: task.step.action.type === 'extract' && !learns ? () => undefined : acts };
}

const watched = (host: StepHost, { acts, touches }: Acting): StepHost => ({
  ...host,
  async announce(mark) {
    await host.announce(mark);
    acts();
  },
  touching(mark) {
    touches();
    host.touching(mark);
  },
});

/**
 * Should the browser be gone by the time of the answer, the job can come back to what was looked at.
 * @throws Interrupted, BrowserGone; without a checkpoint the answer still counts for as long as the browser is there
 */
async function keepPlace({ task, interrupt, dependencies, pages }: Turn): Promise<void> {
  try {
    await race(keepCheckpoint({ jobId: task.jobId, token: task.dispatch }, { dependencies, pages }), interrupt);
  } catch (error) {
    if (interrupt.aborted) throw new Interrupted();
    if (error instanceof BrowserGone || isCode(error, 'fenced')) throw error;
    dependencies.log.warn({ jobId: task.jobId, error: String(error) }, 'no checkpoint could be kept');
  }
}

const connectionLost = (error: unknown): never => {
  throw new BrowserGone(`no way into the browser: ${error instanceof Error ? error.message : String(error)}`);
};

function toReport({ instance }: StepTask, attempt: number, result: AttemptResult): StepReport {
  if (result.outcome === 'skipped') return { instance, outcome: 'skipped' };
  if (result.outcome === 'done') {
    const { shown, kept: _kept, appends, ...told } = result;
    return { instance, attempt, ...told, captures: shown, ...(appends && { appended: countOf(appends) }) };
  }
  return { instance, attempt, ...result };
}

const countOf = (appends: readonly Appended[]): Record<string, number> =>
  Object.fromEntries(appends.map(({ collection, rows }) => [collection, rows.length]));

/** Into the ledger first: from there on a lost answer to Temporal does no harm. */
async function report(
  ref: Ref,
  { result, attempt }: { result: StepReport; attempt: AttemptResult },
  { host }: WorkerDependencies,
): Promise<StepReport> {
  if (attempt.outcome === 'done') await host.call('done', { ...ref, result, captures: attempt.kept, appends: attempt.appends });
  else if (attempt.outcome === 'seen' || attempt.outcome === 'skipped') await host.call('done', { ...ref, result, captures: [] });
  else await host.call('failed', { ...ref, result });
  return result;
}

async function interrupted(ref: Ref, { host }: WorkerDependencies): Promise<StepReport> {
  await host.call('interrupted', ref);
  return { instance: ref.instance, outcome: 'interrupted' };
}

/** What was approved or asked is not failed by that, as a rule: the job comes back to its checkpoint. */
function lost({ task, dependencies }: Turn, attempt: number): StepReport {
  const { jobId, instance, step, approved, probe } = task;
  if (!approved && !probe && step.screenshot !== 'never') dependencies.lost.gone(jobId, step.ordinal);
  return { instance, outcome: 'lost', attempt };
}

/** The host learns of a dead browser by itself; asked again, it says whether the step is lost or of unknown outcome. */
async function browserGone(turn: Turn, attempt: number): Promise<StepReport> {
  const { task, begin, dependencies, pages } = turn;
  pages.drop(task.jobId);
  const again = await dependencies.host.call('begin', begin, AbortSignal.timeout(5_000)).catch((error: unknown) => {
    if (isCode(error, 'lost')) return { go: 'lost', attempt } as const;
    throw error;
  });
  if (again.go === 'unknown') return { instance: task.instance, outcome: 'unknown', attempt: again.attempt, startedAt: again.at };
  if (again.go === 'fenced') throw new HostError('fenced', 409, 'A newer worker has taken over.');
  return again.go === 'done' || again.go === 'failed' ? (again.result as StepReport) : lost(turn, attempt);
}

const isCode = (error: unknown, code: string): boolean => error instanceof HostError && error.code === code;
