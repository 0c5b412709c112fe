import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import type { JobEvent } from '../../src/contract/event.ts';
import type { JobState } from '../../src/contract/job.ts';
import { columnsOf, fit, painter, plain } from '../../src/cli/console.ts';
import { CsvError, parseCsv } from '../../src/cli/csv.ts';
import { createProgress } from '../../src/cli/progress.ts';
import { safeName } from '../../src/cli/save-files.ts';
import { duration, endedLines } from '../../src/cli/step-lines.ts';
import { reduceAll } from '../../src/domain/reduce.ts';

test('what a writer of CSV writes is read again, whatever the values are', () => {
  const cell = fc.oneof(fc.string(), fc.constantFrom('a,b', 'a"b', 'a\nb', 'a\r\nb', '', '"', '""', ' x '));
  const table = fc
    .integer({ min: 2, max: 5 })
    .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 8 }));
  fc.assert(
    fc.property(table, fc.constantFrom('\n', '\r\n'), (rows, end) => {
      expect(
        parseCsv(stringify([rows[0]?.map((_, index) => `c${index}`) ?? [], ...rows], { record_delimiter: end, quoted: true })).rows.slice(
          1,
        ),
      ).toEqual(rows);
    }),
  );
});

test('a table says on which line it is wrong, and where its records begin', () => {
  expect(parseCsv('a;b\r\n"1\n2";3\r\n\r\n4;')).toEqual({
    rows: [
      ['a', 'b'],
      ['1\n2', '3'],
      ['4', ''],
    ],
    lines: [1, 2, 5],
  });
  expect(() => parseCsv('a,b\n"open,1\n')).toThrow(CsvError);
  expect(() => parseCsv('a,b\n1,"x"y\n')).toThrow('text behind a closing quote');
  expect(() => parseCsv('a,b\n1,x"y\n')).toThrow('a quote in the middle of a value');
});

test('texts of pages cannot write into the terminal', () => {
  expect(plain('a\u001b[31mred\u0007\nb\u202etxt')).toBe('a [31mred btxt');
  expect(plain('x'.repeat(300))).toHaveLength(200);
});

test('lines are cut to the columns of the terminal, wide characters counted twice', () => {
  expect(columnsOf('請求書')).toBe(6);
  expect(fit('請求書', 5)).toBe('請求…');
  expect(fit('short', 5)).toBe('short');
});

test('NO_COLOR and dumb terminals have no colours', () => {
  const terminal = Object.assign(new PassThrough(), { isTTY: true });
  expect(painter(terminal, {})('red', 'x')).toBe('\u001b[31mx\u001b[39m');
  expect(painter(terminal, { NO_COLOR: '1' })('red', 'x')).toBe('x');
  expect(painter(terminal, { TERM: 'dumb' })('red', 'x')).toBe('x');
  expect(painter(new PassThrough(), {})('red', 'x')).toBe('x');
});

test('names of files that pages choose stay in the folder and are visible', () => {
  expect(safeName('../../etc/passwd')).toBe('passwd');
  expect(safeName('..\\..\\evil.exe')).toBe('evil.exe');
  expect(safeName('.bashrc')).toBe('bashrc');
  expect(safeName('-rf')).toBe('rf');
  expect(safeName('a\u202egpj.exe')).toBe('a_gpj.exe');
  expect(safeName('con.txt')).toBe('_con.txt');
  expect(safeName('/')).toBe('file');
  expect(safeName(`${'x'.repeat(400)}.pdf`)).toMatch(/^x{116}\.pdf$/);
});

test('durations are told in the unit that fits', () => {
  expect([40, 1_240, 200_000, 7_500_000].map(duration)).toEqual(['40 ms', '1.2 s', '3 min 20 s', '2 h 5 min']);
});

const at = (second: number): string => new Date(Date.UTC(2026, 10, 23, 12, 0, second)).toISOString();
const step = (id: string, ordinal: number, more: object = {}) => ({
  id,
  ordinal,
  description: `Do ${id}`,
  action: 'click',
  effect: 'once' as const,
  ...more,
});
const done = (seq: number, stepId: string): JobEvent => ({
  ...{
    seq,
    at: at(seq),
    type: 'step.succeeded',
    stepId,
    startedAt: at(seq - 1),
    finishedAt: at(seq),
    attempt: 1,
    retries: 0,
    captures: [],
  },
});
const events: JobEvent[] = [
  {
    ...{ seq: 1, at: at(1), type: 'job.created', jobId: 'j', title: 'T', runbook: null, requestedBy: 'me', inputs: [] },
    steps: [step('loop', 1, { action: 'loop', container: 'loop' }), step('in', 2, { depth: 1 }), step('after', 3)],
  },
  { seq: 2, at: at(2), type: 'job.started', host: 'h' },
  { seq: 3, at: at(3), type: 'loop.iterated', stepId: 'loop', iteration: 0, total: 2, label: 'Ada' },
  done(4, 'in'),
  { seq: 5, at: at(5), type: 'loop.iterated', stepId: 'loop', iteration: 1, total: 2, label: 'Grace' },
  done(6, 'in'),
  { seq: 7, at: at(7), type: 'loop.ended', stepId: 'loop', capped: false },
  done(8, 'after'),
  { seq: 9, at: at(9), type: 'job.finished', status: 'completed' },
];
const states: JobState[] = events.map((_, index) => reduceAll(events.slice(0, index + 1)) as JobState);

test('a step in a loop is told once for each iteration, then the loop', () => {
  const paint = painter(new PassThrough(), {});
  const lines = states.flatMap((state, index) => endedLines(state, states[index - 1], paint));
  expect(lines).toEqual([
    '  ✓ 2 Do in  iteration 1 of 2 (Ada) · 1.0 s',
    '  ✓ 2 Do in  iteration 2 of 2 (Grace) · 1.0 s',
    '✓ 1 Do loop  2 iterations · 5.0 s',
    '✓ 3 Do after  1.0 s',
  ]);
});

test('a terminal has one bar with the current step, which fits and is gone at the end', () => {
  const terminal = Object.assign(new PassThrough(), { isTTY: true, columns: 40 });
  let drawn = '';
  terminal.on('data', (chunk: Buffer) => (drawn += chunk.toString()));
  const world = {
    stdin: new PassThrough(),
    stdout: terminal,
    stderr: terminal,
    env: { NO_COLOR: '1' },
    cwd: '.',
    home: '.',
    onInterrupt: () => () => undefined,
  };
  const progress = createProgress(world, { output: terminal, page: 'http://x/jobs/j' });
  states.slice(0, 5).forEach((state, index) => progress.changed(state, states[index - 1]));
  expect(drawn).toMatch(/▸ 2 Do in · iteration 2 of 2 \(Grace\) ·…\n█+░+ 1 of 2\n$/);
  const live = drawn.slice(drawn.lastIndexOf('\u001b[0J') + 4).split('\n');
  expect(Math.max(...live.map(columnsOf))).toBeLessThan(40);
  progress.end();
  expect(drawn.endsWith('\u001b[?25h\r\u001b[1A\u001b[1A\u001b[0J')).toBe(true);
});
