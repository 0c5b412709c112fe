import { expect, test } from 'vitest';
import {
  apply,
  decideBegin,
  decideLost,
  decideReport,
  emptyGate,
  running,
  type Answer,
  type GateState,
  type Report,
  type World,
} from '../../src/host/gate.ts';
import type { Begin } from '../../src/host/protocol.ts';

const world: World = { epoch: 1, alive: true, now: '2026-01-01T00:00:00.000Z' };
const begin = (instance: number, given: Partial<Begin> = {}): Begin => ({
  jobId: 'j',
  epoch: 1,
  instance,
  after: null,
  gen: 0,
  dispatch: instance * 10,
  effect: 'once',
  ...given,
});

function ask(state: GateState, question: Begin, at: World = world): Answer | null {
  const { answer, entries } = decideBegin(state, at, question);
  for (const entry of entries) apply(state, entry);
  return answer;
}
function reportOf(verb: Report['verb'], ref: Report['ref']): Report {
  if (verb === 'done') return { verb, ref, result: ref.instance, captures: [] };
  return verb === 'failed' ? { verb, ref, result: 'no' } : { verb, ref };
}
function tell(state: GateState, at: World, report: Report): string | null {
  const entries = decideReport(state, at, report);
  if (typeof entries === 'string') return entries;
  for (const entry of entries) apply(state, entry);
  return null;
}
const sayIn =
  (at: World) =>
  (state: GateState, verb: Report['verb'], instance: number): string | null =>
    tell(state, at, reportOf(verb, { jobId: 'j', instance, epoch: at.epoch }));
const say = sayIn(world);
const second: World = { ...world, epoch: 2 };
const gone: World = { ...world, alive: false };
const sayGone = sayIn(gone);

test('a step waits at the gate until the one before it is done', () => {
  const state = emptyGate();
  expect(ask(state, begin(1))).toEqual({ go: 'run', attempt: 1 });
  expect(ask(state, begin(2, { after: 1 }))).toBeNull();
  say(state, 'acting', 1);
  expect(ask(state, begin(2, { after: 1 }))).toBeNull();
  say(state, 'done', 1);
  expect(ask(state, begin(2, { after: 1 }))).toEqual({ go: 'run', attempt: 1 });
});

test('a second delivery joins the living attempt and gets its outcome', () => {
  const state = emptyGate();
  ask(state, begin(1));
  expect(ask(state, begin(1))).toBeNull();
  say(state, 'acting', 1);
  expect(ask(state, begin(1))).toBeNull();
  say(state, 'done', 1);
  expect(ask(state, begin(1))).toEqual({ go: 'done', result: 1 });
});

test('a failure shuts its generation; the same dispatch hears of it again, a later one runs as the next attempt', () => {
  const state = emptyGate();
  ask(state, begin(1));
  say(state, 'failed', 1);
  expect(ask(state, begin(2, { after: 1 }))).toEqual({ go: 'not_started' });
  expect(ask(state, begin(1))).toEqual({ go: 'failed', result: 'no' });
  expect(ask(state, begin(1, { dispatch: 11, gen: 1 }))).toEqual({ go: 'run', attempt: 2 });
});

test('a step that was only open when its worker died runs again as the next attempt', () => {
  const state = emptyGate();
  ask(state, begin(1));
  expect(ask(state, begin(1, { epoch: 2 }), second)).toEqual({ go: 'run', attempt: 2 });
});

test.each(['read', 'idempotent'] as const)('a %s step that was acting when its worker died runs again', (effect) => {
  const state = emptyGate();
  ask(state, begin(1, { effect }));
  say(state, 'acting', 1);
  expect(ask(state, begin(1, { effect, epoch: 2 }), second)).toEqual({ go: 'run', attempt: 2 });
});

test('a once step that was acting when its worker died is unknown, shuts its generation, and runs again only for a later dispatch', () => {
  const state = emptyGate();
  ask(state, begin(1));
  say(state, 'acting', 1);
  expect(ask(state, begin(1, { epoch: 2 }), second)).toEqual({ go: 'unknown', attempt: 1, at: world.now });
  expect(ask(state, begin(1, { epoch: 2 }), second)).toEqual({ go: 'unknown', attempt: 1, at: world.now });
  expect(ask(state, begin(2, { epoch: 2, after: 1 }), second)).toEqual({ go: 'not_started' });
  expect(ask(state, begin(1, { epoch: 2, dispatch: 11, gen: 1 }), second)).toEqual({ go: 'run', attempt: 2 });
});

test('an interruption shuts the generation and is no attempt of its own', () => {
  const state = emptyGate();
  ask(state, begin(1));
  say(state, 'interrupted', 1);
  expect(ask(state, begin(1))).toEqual({ go: 'not_started' });
  expect(ask(state, begin(1, { gen: 1, dispatch: 11 }))).toEqual({ go: 'run', attempt: 1 });
});

test('a shut generation refuses to act, lets what acts end, and starts nothing', () => {
  const state = emptyGate();
  ask(state, begin(1));
  say(state, 'acting', 1);
  apply(state, { kind: 'shut', gen: 0 });
  expect(running(state, 1)).toEqual({ open: [], acting: [1] });
  expect(say(state, 'interrupted', 1)).toBe('not_open');
  expect(say(state, 'done', 1)).toBeNull();
  expect(ask(state, begin(2, { after: 1 }))).toEqual({ go: 'not_started' });

  ask(state, begin(2, { after: 1, gen: 1 }));
  apply(state, { kind: 'shut', gen: 1 });
  expect(say(state, 'acting', 2)).toBe('stopped');
  expect(say(state, 'interrupted', 2)).toBeNull();
});

test('what a dead worker says is fenced', () => {
  const state = emptyGate();
  ask(state, begin(1));
  expect(ask(state, begin(2), second)).toEqual({ go: 'fenced' });
  expect(decideReport(state, second, { verb: 'acting', ref: { jobId: 'j', instance: 1, epoch: 1 } })).toBe('fenced');
});

test('when the browser is gone the next step is lost, those behind it are not started, and done stays done', () => {
  const state = emptyGate();
  ask(state, begin(1));
  say(state, 'done', 1);
  expect(ask(state, begin(2, { after: 1 }), gone)).toEqual({ go: 'lost', attempt: 1 });
  expect(ask(state, begin(3, { after: 2 }), gone)).toEqual({ go: 'not_started' });
  expect(ask(state, begin(1), gone)).toEqual({ go: 'done', result: 1 });
  expect(ask(state, begin(2, { after: 1 }))).toEqual({ go: 'lost', attempt: 1 });
  expect(ask(state, begin(2, { after: null, gen: 1, dispatch: 21 }))).toEqual({ go: 'run', attempt: 2 });
});

test('a browser that dies under a once step that acts leaves it unknown, unless the worker can still say that it is done', () => {
  const [state, finished] = [emptyGate(), emptyGate()];
  for (const each of [state, finished]) {
    ask(each, begin(1));
    say(each, 'acting', 1);
    for (const entry of decideLost(each)) apply(each, entry);
  }
  expect(sayGone(state, 'failed', 1)).toBe('lost');
  expect(ask(state, begin(1), gone)).toEqual({ go: 'unknown', attempt: 1, at: world.now });
  expect(sayGone(finished, 'done', 1)).toBeNull();
  expect(ask(finished, begin(1), gone)).toEqual({ go: 'done', result: 1 });
});

/** Small, seeded, so that a failure can be repeated. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const stepCount = 6;
const turnLimit = 2000;
type Delivery = { step: number; dispatch: number };

/**
 * A worker that carries out a list of steps, three dispatched ahead, while workers die, browsers die, people stop and reports are repeated at random.
 * The model counts effects: an effect happens when `acting` was accepted, or not, depending on when the worker died.
 */
class Play {
  readonly effects = Array.from({ length: stepCount }, () => 0);
  asked = 0;
  readonly #state = emptyGate();
  readonly #random: (below: number) => number;
  #epoch = 1;
  #gen = 0;
  #dispatch = 0;
  #next = 0;
  #turns = 0;
  #alive = true;

  constructor(seed: number) {
    this.#random = randomOf(seed);
  }

  toTheEnd(): this {
    while (this.#next < stepCount && this.#turns++ < turnLimit) {
      this.#deliverAll(this.#window());
      while (this.#state.records.get(this.#next)?.state === 'done') this.#next += 1;
      this.#alive = true;
      this.#gen += 1;
    }
    return this;
  }

  #window(): Delivery[] {
    const ahead = [this.#next, this.#next + 1, this.#next + 2].filter((step) => step < stepCount);
    return ahead.map((step) => ({ step, dispatch: ++this.#dispatch }));
  }

  /** Every outcome of the window is awaited, deliveries are repeated, in any order. */
  #deliverAll(window: Delivery[]): void {
    const open = new Set(window);
    while (open.size > 0 && this.#turns++ < turnLimit) {
      const one = must([...open][this.#random(open.size)]);
      if (this.#deliver(one)) open.delete(one);
    }
  }

  /** Whether the outcome is known now. */
  #deliver({ step, dispatch }: Delivery): boolean {
    const after = step === this.#next ? null : step - 1;
    const answer = ask(this.#state, begin(step, { epoch: this.#epoch, after, gen: this.#gen, dispatch }), this.#world());
    if (answer?.go === 'run') {
      expect(this.#state.records.get(step - 1)?.state ?? 'done').toMatch(/^(done|unknown)$/);
      this.#run(step);
    }
    if (answer?.go === 'unknown') this.#askPerson(step);
    return answer !== null && answer.go !== 'run';
  }

  /** The person looks at the effect and says what is true. */
  #askPerson(step: number): void {
    this.asked += 1;
    if (must(this.effects[step]) > 0)
      apply(this.#state, { kind: 'record', record: { ...must(this.#state.records.get(step)), state: 'done' } });
  }

  #run(step: number): void {
    const ref = { jobId: 'j', instance: step, epoch: this.#epoch };
    if (this.#workerDies()) return;
    if (this.#random(12) === 0) apply(this.#state, { kind: 'shut', gen: this.#gen });
    if (tell(this.#state, this.#world(), { verb: 'acting', ref }) !== null) {
      tell(this.#state, this.#world(), { verb: 'interrupted', ref });
      return;
    }
    if (this.#workerDies()) return;
    this.effects[step] = must(this.effects[step]) + 1;
    if (this.#workerDies() || this.#browserDies()) return;
    tell(this.#state, this.#world(), { verb: 'done', ref, result: step, captures: [] });
  }

  #workerDies(): boolean {
    const dies = this.#random(6) === 0;
    if (dies) this.#epoch += 1;
    return dies;
  }

  #browserDies(): boolean {
    if (this.#random(15) > 0) return false;
    this.#alive = false;
    for (const entry of decideLost(this.#state)) apply(this.#state, entry);
    return true;
  }

  #world(): World {
    return { epoch: this.#epoch, alive: this.#alive, now: `t${this.#turns}` };
  }
}

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('missing');
  return value;
}

test('whatever dies and whenever, every effect happens exactly once', () => {
  let asked = 0;
  for (let seed = 1; seed <= 2000; seed += 1) {
    const played = new Play(seed).toTheEnd();
    expect([seed, played.effects]).toEqual([seed, [1, 1, 1, 1, 1, 1]]);
    asked += played.asked;
  }
  expect(asked).toBeGreaterThan(500);
});
