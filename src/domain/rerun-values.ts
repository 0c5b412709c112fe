/** What the steps of a rerun read, and which of it is gone with the attempt before. */
import type { CapturedValue, JobState, StepState } from '../contract/job.ts';
import type { PlannedStep } from '../contract/step-task.ts';
import { extractedName } from './bindings.ts';
import { collectionsReadBy, filesReadBy, filledBy, loopVariables, namesGivenBy, readByCapture, readByStep } from './reading.ts';
import { inOrder, isLeftOut, nameOf, statesOf } from './rerun-steps.ts';

/** Where a value came from that a later attempt cannot have any more, and why. `top`: where the rerun would have to begin. */
type Gone = { step: PlannedStep; top: PlannedStep; why: string };
type Lost = { values: Map<string, Gone>; collections: Map<string, Gone>; files: Map<string, Gone> };

const onlyWhileItRuns = 'is kept only while a job runs';

function whyGone(shown: CapturedValue | undefined): string | undefined {
  if (!shown) return 'was not kept';
  if (shown.value === null) return 'is sensitive, and such values are forgotten when a job ends';
  return shown.truncated ? 'is too long: only its beginning was kept' : undefined;
}

type Ended = { step: PlannedStep; state: StepState; top: PlannedStep };
const goneFrom = ({ step, top }: Ended, why: string): Gone => ({ step, top, why });

/** By name; the last step that gave a value to a name counts. */
function loseValues(values: Lost['values'], ended: Ended): void {
  const { step, state } = ended;
  const fleeting = [...(step.action.type === 'extract' ? [extractedName] : []), ...loopVariables(step)];
  for (const name of fleeting) values.set(name, goneFrom(ended, onlyWhileItRuns));
  for (const name of namesGivenBy(step)) {
    const why = whyGone(state.captures.findLast((shown) => shown.name === name));
    if (why === undefined) values.delete(name);
    else values.set(name, goneFrom(ended, why));
  }
}

/** Nobody knows how many rows an earlier attempt had gathered; of this one it is told. */
function loseCollections(collections: Lost['collections'], ended: Ended, sizes: JobState['collections'] = {}): void {
  for (const name of filledBy(ended.step)) {
    const isEmpty = ended.state.skippedBecause !== 'kept' && (sizes[name] ?? 0) === 0;
    if (!isEmpty && !collections.has(name)) collections.set(name, goneFrom(ended, onlyWhileItRuns));
  }
}

/** What the kept steps left and the job did not keep. */
function lostWith(kept: readonly PlannedStep[], state: JobState): Lost {
  const lost: Lost = { values: new Map(), collections: new Map(), files: new Map() };
  const happened = inOrder(kept, statesOf(state)).filter((one) => !isLeftOut(one.state) || one.state.captures.length > 0);
  for (const ended of happened) {
    loseValues(lost.values, ended);
    loseCollections(lost.collections, ended, state.collections);
    for (const { name } of ended.state.files ?? []) lost.files.set(name, goneFrom(ended, 'belongs to the attempt before'));
  }
  return lost;
}

/** Reads the steps in their order. What a body, or a step with a condition, gives a value may be missing after it. */
class Reader {
  readonly found: string[] = [];
  readonly #told = new Set<string>();
  readonly #lost: Lost;

  constructor(lost: Lost) {
    this.#lost = lost;
  }

  read(steps: readonly PlannedStep[], gone: Map<string, Gone>): void {
    for (const step of steps) this.#step(step, step.when === undefined ? gone : new Map(gone));
  }

  #step(step: PlannedStep, gone: Map<string, Gone>): void {
    for (const name of readByStep(step)) this.#tell(step, `uses {{${name}}}`, gone.get(name));
    for (const name of collectionsReadBy(step)) this.#tell(step, `reads the collection ${name}`, this.#lost.collections.get(name));
    for (const name of filesReadBy(step)) this.#tell(step, `uploads the file ${name}`, this.#lost.files.get(name));
    if (step.action.type === 'extract') gone.delete(extractedName);
    for (const capture of step.captures) {
      for (const name of readByCapture(capture)) this.#tell(step, `uses {{${name}}}`, gone.get(name));
      gone.delete(capture.name);
    }
    for (const name of [...namesGivenBy(step), ...loopVariables(step)]) gone.delete(name);
    for (const body of step.bodies ?? []) this.read(body, new Map(gone));
  }

  /** Each thing once. */
  #tell(step: PlannedStep, does: string, gone: Gone | undefined): void {
    const what = does.slice(does.indexOf(' '));
    if (!gone || this.#told.has(what)) return;
    this.#told.add(what);
    this.found.push(
      `step ${step.ordinal} ${does}, which ${nameOf(gone.step)} gave and which ${gone.why}; begin at step ${gone.top.ordinal} or before`,
    );
  }
}

/** One sentence for each value, collection and file that a step from `begin` on reads, that a step before it gave, and that is gone. */
export function lostValues(steps: readonly PlannedStep[], state: JobState, begin: number): string[] {
  const lost = lostWith(steps.slice(0, begin), state);
  const reader = new Reader(lost);
  reader.read(steps.slice(begin), new Map(lost.values));
  return reader.found;
}

/** Values of the steps before `begin` that a rerun starts with. */
export function keptValues(steps: readonly PlannedStep[], state: JobState, begin: number): { name: string; value: string }[] {
  const kept = new Map<string, string>();
  for (const { state: known } of inOrder(steps.slice(0, begin), statesOf(state))) {
    for (const { name, value, truncated } of known.captures) {
      if (value !== null && !truncated) kept.set(name, value);
      else kept.delete(name);
    }
  }
  return [...kept].map(([name, value]) => ({ name, value }));
}
