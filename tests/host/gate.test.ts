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
function say(state: GateState, verb: Report['verb'], instance: number, at: World = world): string | null {
  const ref = { jobId: 'j', instance, epoch: at.epoch };
  const report: Report =
    verb === 'done' ? { verb, ref, result: instance, captures: [] } : verb === 'failed' ? { verb, ref, result: 'no' } : { verb, ref };
  const entries = decideReport(state, at, report);
  if (typeof entries === 'string') return entries;
  for (const entry of entries) apply(state, entry);
  return null;
}
const second: World = { ...world, epoch: 2 };
const gone: World = { ...world, alive: false };

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
  expect(say(state, 'failed', 1, gone)).toBe('lost');
  expect(ask(state, begin(1), gone)).toEqual({ go: 'unknown', attempt: 1, at: world.now });
  expect(say(finished, 'done', 1, gone)).toBeNull();
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

/**
 * A worker that carries out a list of steps, three dispatched ahead, while workers die, browsers die, people stop and reports are repeated at random.
 * The model counts effects: an effect happens when `acting` was accepted, or not, depending on when the worker died.
 */
function play(seed: number): { effects: number[]; asked: number; steps: number; turns: number } {
  const random = randomOf(seed);
  const state = emptyGate();
  const steps = 6;
  const effects = Array.from({ length: steps }, () => 0);
  let [epoch, gen, dispatch, next, asked, turns] = [1, 0, 0, 0, 0, 0];
  let alive = true;
  const here = (): World => ({ epoch, alive, now: `t${turns}` });
  const deadWorker = (): boolean => random(6) === 0 && ((epoch += 1), true);

  const run = (step: number): 'done' | 'dead' | 'shut' => {
    const ref = { jobId: 'j', instance: step, epoch };
    const tell = (report: Report): boolean => {
      const entries = decideReport(state, here(), report);
      if (typeof entries === 'string') return false;
      for (const entry of entries) apply(state, entry);
      return true;
    };
    if (deadWorker()) return 'dead';
    if (random(12) === 0) apply(state, { kind: 'shut', gen });
    if (!tell({ verb: 'acting', ref })) return tell({ verb: 'interrupted', ref }) ? 'shut' : 'dead';
    if (deadWorker()) return 'dead';
    effects[step] = (effects[step] ?? 0) + 1;
    if (deadWorker()) return 'dead';
    if (random(15) === 0) {
      alive = false;
      for (const entry of decideLost(state)) apply(state, entry);
      return 'dead';
    }
    return tell({ verb: 'done', ref, result: step, captures: [] }) ? 'done' : 'dead';
  };

  while (next < steps && turns++ < 2000) {
    const window = [next, next + 1, next + 2].filter((step) => step < steps).map((step) => ({ step, dispatch: ++dispatch }));
    const open = new Set(window);
    // every outcome of the window is awaited, deliveries are repeated, in any order
    while (open.size > 0 && turns++ < 2000) {
      const one = [...open][random(open.size)];
      if (!one) break;
      const question: Begin = {
        jobId: 'j',
        epoch,
        instance: one.step,
        after: one.step === next ? null : one.step - 1,
        gen,
        dispatch: one.dispatch,
        effect: 'once',
      };
      const answer = ask(state, question, here());
      if (answer?.go === 'run') {
        expect(state.records.get(one.step - 1)?.state ?? 'done').toMatch(/^(done|unknown)$/);
        run(one.step);
        continue;
      }
      if (answer === null) continue;
      if (answer.go === 'unknown') {
        // the person looks at the effect and says what is true
        asked += 1;
        if ((effects[one.step] ?? 0) > 0) apply(state, { kind: 'record', record: { ...must(state.records.get(one.step)), state: 'done' } });
      }
      open.delete(one);
    }
    while (state.records.get(next)?.state === 'done') next += 1;
    alive = true;
    gen += 1;
  }
  return { effects, asked, steps: next, turns };
}
function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('missing');
  return value;
}

test('whatever dies and whenever, every effect happens exactly once', () => {
  let asked = 0;
  for (let seed = 1; seed <= 2000; seed += 1) {
    const played = play(seed);
    expect([seed, played.effects]).toEqual([seed, [1, 1, 1, 1, 1, 1]]);
    asked += played.asked;
  }
  expect(asked).toBeGreaterThan(500);
});
