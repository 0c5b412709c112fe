/** Stub activities with the host's manners: a gate, generations, and steps whose end the test decides. */
import { ApplicationFailure } from '@temporalio/common';
import type { Evidence } from '../../src/contract/approval.ts';
import type {
  AcquireResult,
  AcquireTask,
  CheckpointReport,
  CheckpointTask,
  CloseReport,
  CloseTask,
  Decision,
  ProjectTask,
  StepReport,
  StepTask,
  StopTask,
} from '../../src/contract/step-task.ts';

/** `n/m`: a loop that goes in as long as its iteration is below n, of m that it tells (`n` alone tells none); `body n` of branches; `capped` after n. */
type Turn = `${number}` | `${number}/${number}` | `${number} capped` | `body ${number}` | 'none' | 'skip' | 'happened' | 'not happened';
type Outcome = Turn | 'done' | 'failed' | 'unknown' | 'lost' | 'wait' | 'act' | 'act and fail' | 'void';
/**
 * What a step does, by its id: `wait` only waits until it is interrupted or let go, `act` cannot be interrupted and goes on until let go, `void` finds the page
 * changed. A container takes a turn. A list: one for each time, the last one for all further times. Default: done. A look always sees something, unless `<id>-look` says otherwise.
 */
export type Script = Record<string, Outcome | Outcome[] | undefined>;

export const evidence = (amount = '10'): Evidence => ({
  takenAt: '2026-11-23T12:00:00.000Z',
  sentence: 'Click “Release payment”',
  target: 'Button “Release payment”',
  url: 'https://bank.example/pay',
  title: 'Pay',
  values: [{ name: 'amount', value: amount, from: 'form' }],
  digest: `digest of ${amount}`,
});

const now = () => new Date().toISOString();

export class StubHost {
  readonly began: string[] = [];
  readonly closed: string[] = [];
  readonly ended: CloseTask[] = [];
  readonly tasks: StepTask[] = [];
  /** no browser can be closed */
  unclosable = false;
  /** what acquiring, parking and closing say is missing */
  missing: { open?: string[]; park?: string[]; close?: string[] } = {};
  readonly looked: string[] = [];
  readonly decided: string[] = [];
  readonly approved: StepTask[] = [];
  readonly kept: CheckpointTask[] = [];
  readonly parked: number[] = [];
  readonly opened: AcquireTask[] = [];
  readonly restored: AcquireTask[] = [];
  /** what coming back gives; default: a browser */
  comesBack: 'acquired' | 'session_lost' | 'refused' = 'acquired';
  parking: 'taken' | 'lost' = 'taken';
  holdParking: Promise<void> | undefined;
  holdKeeping: Promise<void> | undefined;
  #times = new Map<string, number>();
  readonly projected: ProjectTask[] = [];
  projectionFails = false;
  holdAcquire: Promise<void> | undefined;
  #done = new Set<number>();
  #shut = 0;
  #changed = new Set<() => void>();
  #letGo = new Set<string>();
  readonly #script: Script;
  readonly #queue: string;

  constructor(queue: string, script: Script = {}) {
    this.#queue = queue;
    this.#script = script;
  }

  /** Ends a step that waits or acts. */
  letGo(stepId: string): void {
    this.#letGo.add(stepId);
    this.#wake();
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#changed.add(resolve));
  }

  readonly acquire = {
    acquireBrowser: async (task: AcquireTask): Promise<AcquireResult> => {
      await this.holdAcquire;
      (task.restore ? this.restored : this.opened).push(task);
      this.#wake();
      const browser = { host: 'stub', queue: this.#queue, browser: 'Chromium 1' };
      const missing = this.missing.open && { missing: this.missing.open };
      if (!task.restore || this.comesBack === 'acquired') return { outcome: 'acquired', browser, ...missing };
      const error = { code: 'session_lost', message: 'it ended at the log-in', hint: 'rerun' } as const;
      return this.comesBack === 'refused' ? { outcome: 'refused', error } : { outcome: 'session_lost', browser, error };
    },
  };

  readonly steps = { runStep: (task: StepTask): Promise<StepReport> => this.#run(task) };

  readonly control = {
    stopSteps: ({ gen }: StopTask): Promise<void> => {
      this.#shutAt(gen);
      return Promise.resolve();
    },
    checkpointBrowser: async (task: CheckpointTask): Promise<CheckpointReport> => {
      this.kept.push(task);
      this.#wake();
      await this.holdKeeping;
      return { outcome: 'taken', page: { url: 'https://bank.example/pay', title: 'Pay' } };
    },
    parkBrowser: async ({ token }: CheckpointTask): Promise<CheckpointReport> => {
      this.parked.push(token);
      this.#wake();
      await this.holdParking;
      const missing = this.missing.park && { missing: this.missing.park };
      return this.parking === 'lost'
        ? { outcome: 'lost' }
        : { outcome: 'taken', page: { url: 'https://bank.example/pay', title: 'Pay' }, ...missing };
    },
    closeBrowser: (task: CloseTask): Promise<CloseReport> => {
      this.closed.push(task.jobId);
      this.ended.push(task);
      this.#shutAt(Number.MAX_SAFE_INTEGER);
      if (this.unclosable) return Promise.reject(ApplicationFailure.nonRetryable('the host is gone'));
      return Promise.resolve(this.missing.close ? { missing: this.missing.close } : {});
    },
  };

  readonly projection = {
    project: (task: ProjectTask): Promise<void> => {
      if (this.projectionFails) return Promise.reject(new Error('the store is away'));
      this.projected.push(task);
      this.#wake();
      return Promise.resolve();
    },
  };

  #next(key: string): Outcome {
    const scripted = this.#script[key] ?? 'done';
    const nth = this.#times.get(key) ?? 0;
    this.#times.set(key, nth + 1);
    return (Array.isArray(scripted) ? (scripted[nth] ?? scripted.at(-1)) : scripted) ?? 'done';
  }

  async #run(task: StepTask): Promise<StepReport> {
    const { instance, after, gen, step } = task;
    const shut = () => gen <= this.#shut;
    await this.until(() => shut() || after === null || this.#done.has(after));
    if (shut()) return { instance, outcome: 'not_started' };
    const startedAt = now();
    const key = keyOf(task);
    (task.look ? this.looked : task.decide ? this.decided : this.began).push(task.decide ? `${step.id}?${task.decide.iteration}` : step.id);
    this.tasks.push(task);
    if (task.approved) this.approved.push(task);
    this.#wake();
    const outcome = this.#next(key);
    if (outcome === 'wait' || outcome === 'act' || outcome === 'act and fail') {
      await this.until(() => this.#letGo.has(key) || (outcome === 'wait' && shut()));
      if (!this.#letGo.has(key)) return { instance, outcome: 'interrupted' };
    }
    return this.#end(task, outcome, startedAt);
  }

  #end(task: StepTask, outcome: Outcome, startedAt: string): StepReport {
    const { instance, gen, look, decide } = task;
    const ran = { instance, attempt: 1, retries: 0, startedAt, finishedAt: now() };
    if (outcome === 'unknown') return this.#shutWith(gen, { instance, outcome, attempt: 1, startedAt });
    if (outcome === 'lost') return this.#shutWith(gen, { instance, outcome, attempt: 1 });
    if (outcome === 'void') return this.#shutWith(gen, { ...ran, outcome, evidence: evidence('99') });
    if (outcome === 'failed' || outcome === 'act and fail') {
      return this.#shutWith(gen, { ...ran, outcome: 'failed', error: { code: 'element_not_found', message: 'not there', hint: 'look' } });
    }
    this.#done.add(instance);
    this.#wake();
    if (outcome === 'skip') return { instance, outcome: 'skipped' };
    if (look) return { ...ran, outcome: 'seen', evidence: evidence() };
    if (decide || task.probe) return { ...ran, outcome: 'done', captures: [], ...answer(task, outcome) };
    return { ...ran, outcome: 'done', captures: [{ name: 'at', value: String(instance) }] };
  }

  #shutWith(gen: number, report: StepReport): StepReport {
    this.#shutAt(gen);
    return report;
  }

  #shutAt(gen: number): void {
    this.#shut = Math.max(this.#shut, gen);
    this.#wake();
  }

  #wake(): void {
    const waiting = [...this.#changed];
    this.#changed.clear();
    for (const wake of waiting) wake();
  }
}

function keyOf({ look, probe, step }: StepTask): string {
  if (probe) return `${step.id}-probe`;
  return look ? `${step.id}-look` : step.id;
}

const answer = ({ decide }: StepTask, outcome: Outcome): Partial<Extract<StepReport, { outcome: 'done' }>> =>
  decide ? { decision: decision(outcome, decide.iteration) } : { happened: outcome === 'happened' };

function decision(turn: Outcome, iteration: number): Decision {
  const body = /^body (\d+)$/.exec(turn)?.[1];
  if (body !== undefined) return { go: 'in', body: Number(body), value: 'a value' };
  const [, times, total, capped] = /^(\d+)(?:\/(\d+))?( capped)?$/.exec(turn) ?? [];
  if (times === undefined || iteration >= Number(times)) return { go: 'past', ...(capped && { capped: true }) };
  return { go: 'in', body: 0, label: `item ${iteration}`, ...(total !== undefined && { total: Number(total) }) };
}
