import pg from 'pg';
import { Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEmptyDatabase, type TestDatabase } from '../support/postgres.ts';
import { temporalAddress } from '../support/temporal.ts';

describe('the embedded database', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createEmptyDatabase();
  });
  afterAll(() => database.drop());

  test('refuses a connection without the password', async () => {
    const url = new URL(database.url);
    url.password = 'wrong';
    const client = new pg.Client({ connectionString: url.href });
    await expect(client.connect()).rejects.toThrow(/password authentication failed/);
  });

  test('carries notifications from one connection to another', async () => {
    const [listener, sender] = [new pg.Client(database.url), new pg.Client(database.url)];
    await Promise.all([listener.connect(), sender.connect()]);
    const heard = new Promise((resolve) => listener.once('notification', (message) => resolve(message.payload)));
    await listener.query('LISTEN bell');
    await sender.query(`SELECT pg_notify('bell', 'rung')`);
    expect(await heard).toBe('rung');
    await Promise.all([listener.end(), sender.end()]);
  });
});

describe('the embedded Temporal server', () => {
  test('answers, and has the namespace "default"', async () => {
    const connection = await Connection.connect({ address: temporalAddress() });
    const found = await connection.workflowService.describeNamespace({ namespace: 'default' });
    expect(found.namespaceInfo?.name).toBe('default');
    await connection.close();
  });
});
