/** Stub activities with the host's manners: a gate, generations, and steps whose end the test decides. */
import type { AcquireResult, CloseTask, ProjectTask, StepReport, StepTask, StopTask } from '../../src/contract/step-task.ts';

type Outcome = 'done' | 'failed' | 'unknown' | 'lost' | 'wait' | 'act' | 'act and fail';
/** What a step does, by its id: `wait` only waits until it is interrupted or let go, `act` cannot be interrupted and goes on until let go. Default: done. */
export type Script = Record<string, Outcome | undefined>;

const now = () => new Date().toISOString();

export class StubHost {
  readonly began: string[] = [];
  readonly closed: string[] = [];
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
    acquireBrowser: async (): Promise<AcquireResult> => {
      await this.holdAcquire;
      return { outcome: 'acquired', browser: { host: 'stub', queue: this.#queue } };
    },
  };

  readonly steps = { runStep: (task: StepTask): Promise<StepReport> => this.#run(task) };

  readonly control = {
    stopSteps: ({ gen }: StopTask): Promise<void> => {
      this.#shutAt(gen);
      return Promise.resolve();
    },
    closeBrowser: ({ jobId }: CloseTask): Promise<void> => {
      this.closed.push(jobId);
      this.#shutAt(Number.MAX_SAFE_INTEGER);
      return Promise.resolve();
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

  async #run({ instance, after, gen, step }: StepTask): Promise<StepReport> {
    const shut = () => gen <= this.#shut;
    await this.until(() => shut() || after === null || this.#done.has(after));
    if (shut()) return { instance, outcome: 'not_started' };
    const startedAt = now();
    this.began.push(step.id);
    this.#wake();
    const outcome = this.#script[step.id] ?? 'done';
    if (outcome === 'wait' || outcome === 'act' || outcome === 'act and fail') {
      await this.until(() => this.#letGo.has(step.id) || (outcome === 'wait' && shut()));
      if (!this.#letGo.has(step.id)) return { instance, outcome: 'interrupted' };
    }
    return this.#end(instance, outcome, { gen, startedAt });
  }

  #end(instance: number, outcome: Outcome, { gen, startedAt }: { gen: number; startedAt: string }): StepReport {
    const ran = { instance, attempt: 1, retries: 0, startedAt, finishedAt: now() };
    if (outcome === 'unknown') return this.#shutWith(gen, { instance, outcome, attempt: 1, startedAt });
    if (outcome === 'lost') return this.#shutWith(gen, { instance, outcome, attempt: 1 });
    if (outcome === 'failed' || outcome === 'act and fail') {
      return this.#shutWith(gen, { ...ran, outcome: 'failed', error: { code: 'element_not_found', message: 'not there', hint: 'look' } });
    }
    this.#done.add(instance);
    this.#wake();
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
