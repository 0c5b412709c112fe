/**
 * What may run: the gate, the generations and the ledger's meaning (DESIGN 3.1), as pure functions. A question is answered from the state; what it
 * changes is given as entries, which the caller appends to the ledger and applies. No I/O, no clock of its own.
 */
import type { Mark } from '../contract/evidence.ts';
import type { Effect } from '../contract/runbook.ts';
import { secretTexts } from '../domain/secret-texts.ts';
import { noneEarlier, remember, type Earlier } from './earlier.ts';
import type { Appended, Begin, Collections, HostValue, Ref } from './protocol.ts';

/**
 * `open`: an attempt looks and waits. `acting`: it may have had its effect. `unknown`: it had begun to act when its worker or browser died.
 * `lost`: the browser was gone. Only `done` lets the successor pass.
 */
export type StepState = 'open' | 'acting' | 'done' | 'failed' | 'interrupted' | 'unknown' | 'lost';
export type StepRecord = {
  instance: number;
  state: StepState;
  attempt: number;
  epoch: number;
  gen: number;
  dispatch: number;
  effect: Effect;
  /** ISO 8601, when this attempt began */
  at: string;
  result?: unknown;
};

/** One line of the ledger. A `done` carries its captures and the rows that it appends, so that all are there or none. `collections` are those of a job that comes back, `earlier` texts that nobody may see though they are no values. */
export type Entry =
  | { kind: 'record'; record: StepRecord; captures?: HostValue[]; appends?: Appended[] }
  | { kind: 'values'; values: HostValue[] }
  | { kind: 'earlier'; texts: string[] }
  | { kind: 'collections'; appends: Appended[] }
  | { kind: 'shut'; gen: number };

/** `appended`: characters of all rows, as JSON */
export type GateState = {
  records: Map<number, StepRecord>;
  values: Map<string, HostValue>;
  earlier: Earlier;
  collections: Map<string, unknown[]>;
  appended: number;
  shutGen: number;
};
/** What the state cannot know: the epoch in charge, whether the job's browser lives, the time. */
export type World = { epoch: number; alive: boolean; now: string };

export type Answer =
  | { go: 'run'; attempt: number }
  | { go: 'done' | 'failed'; result: unknown }
  | { go: 'unknown'; attempt: number; at: string }
  | { go: 'lost'; attempt: number }
  | { go: 'not_started' | 'fenced' };
/** `answer` null: stay at the gate and ask again after the next change. */
export type Decision = { answer: Answer | null; entries: Entry[] };

/** Why a report is refused. `not_open`: the ledger has no attempt of this step that could say so. */
export type Refusal = 'fenced' | 'stopped' | 'lost' | 'not_open';
export type Report =
  | { verb: 'acting'; ref: Ref; mark?: Mark }
  | { verb: 'interrupted'; ref: Ref }
  | { verb: 'done'; ref: Ref; result: unknown; captures: HostValue[]; appends?: Appended[] }
  | { verb: 'failed'; ref: Ref; result: unknown };

export const emptyGate = (): GateState => ({
  records: new Map(),
  values: new Map(),
  earlier: noneEarlier(),
  collections: new Map(),
  appended: 0,
  shutGen: -1,
});

export function apply(state: GateState, entry: Entry): void {
  if (entry.kind === 'shut') state.shutGen = Math.max(state.shutGen, entry.gen);
  else if (entry.kind === 'values') setValues(state, entry.values);
  else if (entry.kind === 'earlier') for (const text of entry.texts) remember(state.earlier, text);
  else if (entry.kind === 'collections') append(state, entry.appends);
  else {
    state.records.set(entry.record.instance, entry.record);
    setValues(state, entry.captures ?? []);
    append(state, entry.appends ?? []);
  }
}

function setValues(state: GateState, values: readonly HostValue[]): void {
  for (const value of values) {
    const before = state.values.get(value.name);
    if (before && before.value !== value.value) for (const text of secretTexts([before])) remember(state.earlier, text);
    state.values.set(value.name, value);
  }
}

function append(state: GateState, appends: readonly Appended[]): void {
  for (const { collection, rows } of appends) {
    const all = state.collections.get(collection) ?? [];
    for (const row of rows) all.push(row);
    state.collections.set(collection, all);
    state.appended += JSON.stringify(rows).length;
  }
}

/** Only collections that are not there yet: what steps have appended since stays. */
export const seedOf = (state: GateState, collections: Collections): Entry => ({
  kind: 'collections',
  appends: Object.entries(collections).flatMap(([collection, rows]) => (state.collections.has(collection) ? [] : [{ collection, rows }])),
});

const answered = (answer: Answer, ...entries: Entry[]): Decision => ({ answer, entries });
const waiting: Decision = { answer: null, entries: [] };
const put = (record: StepRecord): Entry => ({ kind: 'record', record });
const shut = (gen: number): Entry => ({ kind: 'shut', gen });

const runs = (record: StepRecord | undefined): boolean => record?.state === 'open' || record?.state === 'acting';
/** its worker or its browser died under it, and the ledger has said so */
const wasCutOff = (record: StepRecord): boolean => record.state === 'lost' || record.state === 'unknown';
const mayHaveActed = (record: StepRecord): boolean => record.state === 'acting' && record.effect === 'once';

/** A dead or failed attempt counts; an interruption is no attempt of its own, so its number is used again. */
const nextAttempt = (record: StepRecord | undefined): number => {
  if (!record) return 1;
  return record.state === 'interrupted' ? record.attempt : record.attempt + 1;
};

/** The answer to `begin`. Idempotent: the same dispatch, asked again, gets the same outcome. */
export function decideBegin(state: GateState, world: World, begin: Begin): Decision {
  if (begin.epoch !== world.epoch) return answered({ go: 'fenced' });
  const record = state.records.get(begin.instance);
  return (record && fromLedger(record, world, begin)) ?? atGate(state, world, begin);
}

/** Null: the ledger has no answer, the step may run (again). */
function fromLedger(record: StepRecord, world: World, begin: Begin): Decision | null {
  if (record.state === 'done') return answered({ go: 'done', result: record.result });
  if (runs(record)) return whileItRuns(record, world, begin);
  // a later dispatch means that somebody was asked and wants it again
  return record.dispatch === begin.dispatch ? outcomeOf(record) : null;
}

/** The living attempt is joined. A dead one may have acted, or is repeated. */
function whileItRuns(record: StepRecord, world: World, begin: Begin): Decision | null {
  if (record.epoch === world.epoch && world.alive) return waiting;
  if (!mayHaveActed(record)) return null;
  const { attempt, at } = record;
  return answered({ go: 'unknown', attempt, at }, put({ ...record, state: 'unknown', dispatch: begin.dispatch }), shut(begin.gen));
}

function outcomeOf({ state, attempt, at, result }: StepRecord): Decision | null {
  if (state === 'failed') return answered({ go: 'failed', result });
  if (state === 'lost') return answered({ go: 'lost', attempt });
  return state === 'unknown' ? answered({ go: 'unknown', attempt, at }) : null;
}

function atGate(state: GateState, world: World, begin: Begin): Decision {
  if (begin.gen <= state.shutGen) return answered({ go: 'not_started' });
  const free = begin.after === null || state.records.get(begin.after)?.state === 'done';
  if (!free) return world.alive ? waiting : answered({ go: 'not_started' });
  const attempt = nextAttempt(state.records.get(begin.instance));
  const { instance, gen, dispatch, effect, epoch } = begin;
  const record: StepRecord = { instance, state: world.alive ? 'open' : 'lost', attempt, epoch, gen, dispatch, effect, at: world.now };
  return world.alive ? answered({ go: 'run', attempt }, put(record)) : answered({ go: 'lost', attempt }, put(record), shut(gen));
}

/** What a worker's report changes, or why it is refused. A report that came before is accepted again and changes nothing. */
export function decideReport(state: GateState, world: World, report: Report): Entry[] | Refusal {
  if (report.ref.epoch !== world.epoch) return 'fenced';
  const record = state.records.get(report.ref.instance);
  if (!record || record.epoch !== report.ref.epoch) return world.alive ? 'not_open' : 'lost';
  if (record.state === report.verb) return [];
  // it has happened, whatever became of the browser or the generation since
  if (report.verb === 'done') return reportDone(record, report);
  if (!world.alive || wasCutOff(record)) return 'lost';
  return runs(record) ? reportRunning(record, report, state.shutGen) : 'not_open';
}

function reportRunning(record: StepRecord, report: Exclude<Report, { verb: 'done' }>, shutGen: number): Entry[] | Refusal {
  if (report.verb === 'acting') return record.gen <= shutGen ? 'stopped' : [put({ ...record, state: 'acting' })];
  if (report.verb === 'failed') return [put({ ...record, state: 'failed', result: report.result }), shut(record.gen)];
  return mayHaveActed(record) ? 'not_open' : [put({ ...record, state: 'interrupted' }), shut(record.gen)];
}

function reportDone(record: StepRecord, report: Report & { verb: 'done' }): Entry[] | Refusal {
  if (record.state === 'failed' || record.state === 'interrupted') return 'not_open';
  const { result, captures, appends } = report;
  return [{ kind: 'record', record: { ...record, state: 'done', result }, captures, ...(appends?.length && { appends }) }];
}

/** The browser is gone: what was acting once is unknown, what else ran is lost, and their generations are shut. */
export function decideLost(state: GateState): Entry[] {
  return [...state.records.values()]
    .filter(runs)
    .flatMap((record) => [put({ ...record, state: mayHaveActed(record) ? 'unknown' : 'lost' }), shut(record.gen)]);
}

/** Instances of the living epoch that run, by state. */
export function running(state: GateState, epoch: number): { open: number[]; acting: number[] } {
  const living = [...state.records.values()].filter((record) => record.epoch === epoch);
  const of = (name: StepState): number[] => living.filter((record) => record.state === name).map((record) => record.instance);
  return { open: of('open'), acting: of('acting') };
}
