import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Approval } from '../../src/contract/approval.ts';
import type { JobEvent, JobEventBody } from '../../src/contract/event.ts';
import { openDatabase, type Database } from '../../src/db/database.ts';
import { findAnswers } from '../../src/db/job-answers.ts';
import { project } from '../../src/db/projection.ts';
import { createDatabase, type TestDatabase } from '../support/postgres.ts';
import { evidence } from '../workflows/stub-host.ts';
import { created, tasks } from './jobs.ts';

let made: TestDatabase;
let database: Database;

const question = (approvalId: string, sentence: string): JobEventBody => {
  const about = { kind: 'step', stepId: 'one', ordinal: 1, ask: 1, effect: 'once', askedAt: new Date().toISOString() } as const;
  const approval: Approval = { ...about, approvalId, evidence: { ...evidence(), sentence } };
  return { type: 'approval.requested', approval };
};
const answer = (approvalId: string) => ({ approvalId, stepId: 'one' });

async function store(id: string, hoursAgo: number, bodies: JobEventBody[]): Promise<void> {
  const all = tasks(id, [created(id, `Title of ${id}`), ...bodies]).task(0, bodies.length + 1);
  const at = (index: number): string => new Date(Date.now() - hoursAgo * 3_600_000 + index).toISOString();
  await project(database.db, { ...all, events: all.events.map((event, index): JobEvent => ({ ...event, at: at(index) })) });
}

beforeAll(async () => {
  made = await createDatabase();
  database = openDatabase(made.url, { connections: 1 });
  await store('j-old', 25, [question('q-old', 'old'), { type: 'approval.approved', ...answer('q-old'), actor: 'Ama' }]);
  await store('j-void', 3, [
    question('q-1', 'Pay 10'),
    { type: 'approval.approved', ...answer('q-1'), actor: 'Ama', comment: 'fine' },
    { type: 'approval.voided', ...answer('q-1'), changes: [] },
    question('q-2', 'Pay 99'),
    { type: 'approval.rejected', ...answer('q-2'), actor: 'Ben' },
  ]);
  await store('j-late', 2, [question('q-3', 'Send'), { type: 'approval.expired', ...answer('q-3'), onTimeout: 'reject' }]);
});
afterAll(async () => {
  await database.close();
  await made.drop();
});

test('answers of the last day come newest first, each with the sentence of its own question', async () => {
  const found = await findAnswers(database.db, { hours: 24, limit: 50 });
  expect(found.map(({ jobId, title, sentence, event }) => [jobId, title, sentence, event.type])).toEqual([
    ['j-late', 'Title of j-late', 'Send', 'approval.expired'],
    ['j-void', 'Title of j-void', 'Pay 99', 'approval.rejected'],
    ['j-void', 'Title of j-void', 'Pay 10', 'approval.voided'],
    ['j-void', 'Title of j-void', 'Pay 10', 'approval.approved'],
  ]);
  expect(found.map(({ approvedBy }) => approvedBy)).toEqual([null, null, 'Ama', null]);
  expect(await findAnswers(database.db, { hours: 24, limit: 1 })).toHaveLength(1);
});

test('they are found by their index among twenty thousand events', async () => {
  await database.pool.query(`insert into job_events (job_id, seq, at, type, event)
    select 'j-old', 100 + n, now() - make_interval(secs => n % 80000), 'step.succeeded', '{}' from generate_series(1, 20000) n`);
  await database.pool.query('analyze job_events');
  const scans = async (): Promise<number> => {
    // counted by each connection for itself, and told when it likes: here there is only one
    await database.pool.query('select pg_stat_force_next_flush()');
    const { rows } = await database.pool.query<{ idx_scan: string }>(
      "select idx_scan from pg_stat_user_indexes where indexrelname = 'job_events_answers'",
    );
    return Number(rows[0]?.idx_scan);
  };
  const before = await scans();
  expect(await findAnswers(database.db, { hours: 24, limit: 50 })).toHaveLength(4);
  expect(await scans()).toBeGreaterThan(before);
});
