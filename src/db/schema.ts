/** Tables. Migrations are generated from here: `npm run generate`. */
import { desc, sql } from 'drizzle-orm';
import { boolean, index, integer, pgTable, primaryKey, timestamp } from 'drizzle-orm/pg-core';
import type { ArtifactDetail, ArtifactKind } from '../contract/artifact.ts';
import type { JobEvent } from '../contract/event.ts';
import type { JobHeader, JobStatus } from '../contract/job.ts';
import type { Runbook } from '../contract/runbook.ts';
import type { JobInput } from '../contract/step-task.ts';
import { bytea, json, text } from './json-column.ts';

const time = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' });
const createdAt = () => time('created_at').notNull().defaultNow();

export const runbooks = pgTable('runbooks', {
  id: text('id').primaryKey(),
  title: text('title').notNull(),
  /** the latest */
  version: integer('version').notNull(),
  steps: integer('steps').notNull(),
  summary: text('summary'),
  createdAt: createdAt(),
  updatedAt: time('updated_at').notNull().defaultNow(),
});

export const runbookVersions = pgTable(
  'runbook_versions',
  {
    runbookId: text('runbook_id')
      .notNull()
      .references(() => runbooks.id, { onDelete: 'cascade' }),
    version: integer('version').notNull(),
    source: text('source').notNull(),
    parsed: json('parsed').$type<Runbook>().notNull(),
    createdAt: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.runbookId, table.version] })],
);

/** `header`, `line` and `bar` are the row as people see it; the columns beside them are what is searched and sorted by. */
export const jobs = pgTable(
  'jobs',
  {
    id: text('id').primaryKey(),
    status: text('status').$type<JobStatus>().notNull(),
    finished: boolean('finished').notNull().default(false),
    runbookId: text('runbook_id'),
    /** the last event that the row reflects; 0: none yet */
    seq: integer('seq').notNull(),
    header: json('header').$type<JobHeader>().notNull(),
    line: text('line').notNull(),
    bar: text('bar').notNull(),
    /** the workflow's argument, to start it again after a crash; null when the api has not created the row */
    input: json('input').$type<JobInput>(),
    /** while it waits for a browser: since when, and whether it comes back from a wait (such jobs are served first) */
    queuedAt: time('queued_at'),
    returning: boolean('returning').notNull().default(false),
    /** of another attempt: id of the first job of the chain */
    chain: text('chain'),
    /** YAML of a runbook that came with the request, sealed by the vault: a rerun needs it */
    sealedSource: bytea('sealed_source'),
    search: text('search').notNull(),
    createdAt: createdAt(),
    /** of the row: the database's clock at the last write */
    updatedAt: time('updated_at').notNull().defaultNow(),
    /** when somebody last compared it with its workflow and found it well */
    checkedAt: time('checked_at'),
  },
  (table) => [
    index('jobs_newest').on(desc(table.createdAt), desc(table.id)),
    index('jobs_status').on(table.status, desc(table.createdAt), desc(table.id)),
    index('jobs_runbook').on(table.runbookId, desc(table.createdAt), desc(table.id)),
    index('jobs_open')
      .on(table.updatedAt)
      .where(sql`not finished`),
    index('jobs_updated').on(table.updatedAt),
    index('jobs_queue')
      .on(table.returning, table.queuedAt)
      .where(sql`status = 'queued'`),
    index('jobs_chain')
      .on(table.chain)
      .where(sql`chain is not null`),
  ],
);

export const jobEvents = pgTable(
  'job_events',
  {
    jobId: text('job_id')
      .notNull()
      .references(() => jobs.id, { onDelete: 'cascade' }),
    seq: integer('seq').notNull(),
    at: time('at').notNull(),
    type: text('type').notNull(),
    event: json('event').$type<JobEvent>().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.jobId, table.seq] }),
    index('job_events_answers')
      .on(desc(table.at))
      .where(sql`type in ('approval.approved', 'approval.rejected', 'approval.expired', 'approval.voided', 'outcome.resolved')`),
  ],
);

/** Values and expressions of an open job, sealed by the vault. Gone when the job has ended. */
export const jobValues = pgTable('job_values', {
  jobId: text('job_id')
    .primaryKey()
    .references(() => jobs.id, { onDelete: 'cascade' }),
  sealed: bytea('sealed').notNull(),
});

/** Where a job's browser stood when the job began to wait, sealed by the vault. One for each job; gone when the job has ended. */
export const jobCheckpoints = pgTable('job_checkpoints', {
  jobId: text('job_id')
    .primaryKey()
    .references(() => jobs.id, { onDelete: 'cascade' }),
  /** which wait it was taken for */
  token: integer('token').notNull(),
  sealed: bytea('sealed').notNull(),
  createdAt: createdAt(),
});

export const artifacts = pgTable(
  'artifacts',
  {
    id: text('id').primaryKey(),
    jobId: text('job_id')
      .notNull()
      .references(() => jobs.id, { onDelete: 'cascade' }),
    stepId: text('step_id'),
    kind: text('kind').$type<ArtifactKind>().notNull(),
    name: text('name').notNull(),
    type: text('type').notNull(),
    bytes: integer('bytes').notNull(),
    /** null: kept by an older release */
    sha256: text('sha256'),
    detail: json('detail').$type<ArtifactDetail>(),
    createdAt: createdAt(),
  },
  (table) => [index('artifacts_job').on(table.jobId, table.createdAt, table.id)],
);

export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    key: text('key').primaryKey(),
    bodyHash: text('body_hash').notNull(),
    jobId: text('job_id')
      .notNull()
      .references(() => jobs.id, { onDelete: 'cascade' }),
    createdAt: createdAt(),
  },
  (table) => [index('idempotency_keys_age').on(table.createdAt)],
);
