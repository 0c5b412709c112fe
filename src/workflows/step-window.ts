/**
 * The steps that are dispatched: up to `dispatchWindow` at once, of one generation; the browser host holds the later ones until their predecessor is done
 * (DESIGN 3.1).
 */
import { CancellationScope, condition, isCancellation } from '@temporalio/workflow';
import type { Acquired, JobInput, PlannedStep, StepReport, StepTask } from '../contract/step-task.ts';
import { iterationsOf, type Cursor } from '../domain/cursor.ts';
import { dispatchWindow } from '../domain/names.ts';
import { control as controlActivities, steps as stepActivities } from './activities.ts';
import { brokenReport } from './step-errors.ts';

/** `instance` and `dispatch` only rise. `again`: the instance that a person wants to be tried once more. `kept`: the checkpoint that shows the page as it is now. */
export type Position = { cursor: Cursor; gen: number; instance: number; dispatch: number; again?: number; kept?: number };

/** `decides`: what comes next is known only when it is back. */
export type InFlight = { step: PlannedStep; cursor: Cursor; instance: number; dispatch: number; decides: boolean; report?: StepReport };
/** How a step is dispatched that is not simply carried out. */
export type Asking = Pick<StepTask, 'look' | 'approved' | 'decide' | 'probe'>;
type Dispatch = { browser: Acquired; asking?: Asking; decides?: boolean };

type Parts = { input: JobInput; position: Position; readable: boolean };

export class StepWindow {
  #inFlight: InFlight[] = [];
  #scope = new CancellationScope();
  #queue = '';
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get isEmpty(): boolean {
    return this.#inFlight.length === 0;
  }

  get isFull(): boolean {
    return this.#inFlight.length >= dispatchWindow;
  }

  get head(): InFlight | undefined {
    return this.#inFlight[0];
  }

  /** What comes after the last one is not known yet. */
  get isUndecided(): boolean {
    return this.#inFlight.at(-1)?.decides ?? false;
  }

  get steps(): readonly InFlight[] {
    return this.#inFlight;
  }

  /** The head was dealt with. */
  shift(): void {
    this.#inFlight.shift();
  }

  dispatch(step: PlannedStep, cursor: Cursor, { browser, asking = {}, decides = false }: Dispatch): InFlight {
    const { input, position } = this.#parts;
    const { bodies: _bodies, ...bare } = step;
    const instance = asking.look || asking.probe ? (position.instance += 1) : this.#instance();
    position.dispatch += 1;
    const one: InFlight = { step, cursor, instance, dispatch: position.dispatch, decides };
    const iterations = iterationsOf(input.steps, cursor);
    const task: StepTask = {
      jobId: input.jobId,
      instance,
      after: this.#inFlight.at(-1)?.instance ?? null,
      gen: position.gen,
      dispatch: position.dispatch,
      step: bare,
      pauseBefore: instance === 1 || goesAtOnce(asking) ? 0 : input.settings.pauseBetweenSteps,
      baseUrl: input.settings.baseUrl,
      ...picturesOf(input, step),
      ...(iterations.length > 0 && { iterations }),
      ...asking,
    };
    this.#inFlight.push(one);
    this.#queue = browser.queue;
    void this.#run(task).then((report) => {
      one.report = report;
    });
    return one;
  }

  /** A step that a person wants once more keeps its number: the host's ledger knows by it that it has been tried. */
  #instance(): number {
    const { position } = this.#parts;
    const { again } = position;
    delete position.again;
    if (again !== undefined) return again;
    position.instance += 1;
    return position.instance;
  }

  #run(task: StepTask): Promise<StepReport> {
    const { instance, step } = task;
    const { suffix, prefix } = namesOf(task);
    const activityId = `${String(instance).padStart(3, '0')}-${step.id}${suffix}`;
    const summary = `${step.ordinal} ${prefix}${step.description}`.slice(0, 90);
    return this.#scope
      .run(() => stepActivities(this.#queue).runStep.executeWithOptions({ summary, activityId }, [task]))
      .catch((error: unknown) => (isCancellation(error) ? ({ instance, outcome: 'not_started' } as const) : brokenReport(instance, error)));
  }

  /** The host shuts the generation and its worker aborts what only waits: 40 ms, where cancelling the activities would take a heartbeat. */
  stop(): void {
    const { input, position, readable } = this.#parts;
    if (this.isEmpty) return;
    const task = { jobId: input.jobId, gen: position.gen };
    const summary = 'stop what only waits';
    const { stopSteps } = controlActivities(this.#queue);
    void this.#scope.run(() => (readable ? stopSteps.executeWithOptions({ summary }, [task]) : stopSteps(task))).catch(() => undefined);
  }

  /** Waits for what is in flight, at most `limit`, and takes out what came back. */
  async drain(limit?: '2s' | '5s'): Promise<InFlight[]> {
    const settled = () => this.#inFlight.every((one) => one.report);
    if (limit) await condition(settled, limit);
    else await condition(settled);
    const back = this.#inFlight.filter((one) => one.report);
    this.#inFlight = this.#inFlight.filter((one) => !one.report);
    return back;
  }

  /** Gives up what did not come back. */
  abandon(): void {
    this.#scope.cancel();
    this.#inFlight = [];
  }
}

const picturesOf = ({ options }: JobInput, { screenshot = options?.screenshots }: PlannedStep): Partial<StepTask> =>
  screenshot ? { screenshots: screenshot } : {};

/** No pause before what is not a step of its own. */
const goesAtOnce = ({ approved, decide, probe }: Asking): boolean => Boolean(approved ?? decide ?? probe);

/** How a task is told from the others in the Web UI. */
function namesOf({ look, decide, probe }: StepTask): { suffix: string; prefix: string } {
  if (look) return { suffix: '-look', prefix: 'Look before asking: ' };
  if (probe) return { suffix: '-probe', prefix: 'Look whether it has happened: ' };
  if (decide) return { suffix: `-${decide.iteration}`, prefix: 'Decide: ' };
  return { suffix: '', prefix: '' };
}
