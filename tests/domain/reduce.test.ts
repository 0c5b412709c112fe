import { expect, test } from 'vitest';
import type { JobEventBody } from '../../src/contract/event.ts';
import type { JobState } from '../../src/contract/job.ts';
import { headerOf, reduce, reduceAll } from '../../src/domain/reduce.ts';
import { at, created, failed, numbered, succeeded } from './job-events.ts';

const started: JobEventBody[] = [created('one', 'two', 'three'), { type: 'job.queued' }, { type: 'job.started', host: 'local' }];
const stateAfter = (...bodies: JobEventBody[]): JobState => {
  const state = reduceAll(numbered(...bodies));
  if (!state) throw new Error('no state');
  return state;
};
const statuses = (state: JobState) => state.steps.map((step) => step.status);

test('a new job is queued and none of its steps runs', () => {
  const state = stateAfter(created('one', 'two'));
  expect(state).toMatchObject({
    id: 'j-test',
    status: 'queued',
    seq: 1,
    counts: { total: 2, succeeded: 0, failed: 0, skipped: 0, retries: 0 },
  });
  expect(statuses(state)).toEqual(['pending', 'pending']);
});

test('the first step that has not ended is the one that runs', () => {
  const state = stateAfter(...started, succeeded('one'));
  expect(statuses(state)).toEqual(['succeeded', 'running', 'pending']);
  expect(state.steps[1]?.startedAt).toBe(at(4));
});

test('an ended step keeps its own clock, retries, captures and the field that matched', () => {
  const [step] = stateAfter(...started, succeeded('one')).steps;
  expect(step).toMatchObject({ durationMs: 2_000, attempt: 1, retries: 2, matchedBy: 'id', captures: [{ name: 'n', value: '7' }] });
});

test('a paused job has no running step, and a resumed one has', () => {
  const pausing = [...started, { type: 'job.pausing', actor: 'Mei' } as const];
  expect(stateAfter(...pausing)).toMatchObject({ status: 'running', pausing: true, lastCommand: { action: 'pause', actor: 'Mei' } });
  const paused = [...pausing, { type: 'step.interrupted', stepId: 'one' } as const, { type: 'job.paused' } as const];
  expect(stateAfter(...paused)).toMatchObject({ status: 'paused', pausing: false });
  expect(statuses(stateAfter(...paused))).toEqual(['pending', 'pending', 'pending']);
  expect(statuses(stateAfter(...paused, { type: 'job.resumed', actor: 'Mei' }))).toEqual(['running', 'pending', 'pending']);
});

test('skipped steps say why and are counted', () => {
  const state = stateAfter(
    ...started,
    failed('one'),
    { type: 'steps.skipped', stepIds: ['two', 'three'], because: 'not_reached' },
    { type: 'job.finished', status: 'failed' },
  );
  expect(state).toMatchObject({ status: 'failed', finishedAt: at(6), counts: { failed: 1, skipped: 2, retries: 2 } });
  expect(state.steps[2]).toMatchObject({ status: 'skipped', skippedBecause: 'not_reached' });
});

test('a refused command is a notice and changes nothing else', () => {
  const before = stateAfter(...started);
  const after = stateAfter(...started, { type: 'command.refused', action: 'resume', actor: 'ledger-sync', reason: 'it runs' });
  expect(after.notices).toEqual([{ at: at(4), kind: 'command_refused', text: 'resume by ledger-sync was refused: it runs' }]);
  expect({ ...after, seq: 0, notices: [] }).toEqual({ ...before, seq: 0 });
});

test('applying an event again changes nothing', () => {
  const events = numbered(...started, succeeded('one'));
  const state = reduceAll(events);
  expect(reduceAll(events, state)).toBe(state);
});

test('an event that leaves a gap is refused one by one, and held back in a batch', () => {
  const events = numbered(...started, succeeded('one'));
  const state = reduceAll(events.slice(0, 2));
  expect(() => reduce(state, events[3]!)).toThrow('event 4 does not follow 2');
  expect(reduceAll([events[3]!, events[0]!, events[1]!])?.seq).toBe(2);
});

test('a state is never changed in place', () => {
  const events = numbered(...started, succeeded('one'), failed('two'));
  let state: JobState | undefined;
  for (const event of events) {
    const before = JSON.stringify(state);
    const next = reduce(state, event);
    expect(JSON.stringify(state)).toBe(before);
    state = next;
  }
});

test('the header is the state without steps and notices', () => {
  const header = headerOf(stateAfter(...started));
  expect(header).not.toHaveProperty('steps');
  expect(header).toMatchObject({ status: 'running', host: 'local', seq: 3 });
});
