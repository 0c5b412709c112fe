import { sql } from 'drizzle-orm';
import type { PoolClient } from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { inTransaction, isDatabaseAway, openDatabase, type Database } from '../../src/db/database.ts';
import { createOutageProxy } from '../api/outage-proxy.ts';
import { createDatabase, type TestDatabase } from '../support/postgres.ts';

let made: TestDatabase;
let database: Database;
beforeAll(async () => {
  made = await createDatabase();
  database = openDatabase(made.url, { connections: 2 });
});
afterAll(async () => {
  await database.close();
  await made.drop();
});

test('an outage while transactions begin takes no connection away for ever', async () => {
  const { hostname, port } = new URL(made.url);
  const door = await createOutageProxy({ host: hostname, port: Number(port) });
  const through = openDatabase(Object.assign(new URL(made.url), { hostname: '127.0.0.1', port: String(door.port) }).href, {
    connections: 2,
  });
  const both = () => Promise.allSettled([1, 2].map(() => inTransaction(through.db, (tx) => tx.execute(sql`select pg_sleep(0.05)`))));
  expect((await both()).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
  door.stall();
  const cut = both();
  await vi.waitFor(() => expect(through.pool.idleCount).toBe(0));
  door.shut();
  expect((await cut).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  door.open();
  expect((await both()).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
  await through.close();
  await door.close();
});

test('a connection that breaks between two queries of a transaction fails the transaction, and ends no process', async () => {
  const { db, pool } = database;
  const connections: PoolClient[] = [];
  pool.on('connect', (client) => connections.push(client));
  const failing = inTransaction(db, async (tx) => {
    const { rows } = await tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`);
    // connection 1 of the pool: the transaction's, since nothing else has asked yet
    const ended = new Promise((resolve) => connections[0]?.once('end', () => resolve(undefined)));
    await db.execute(sql`select pg_terminate_backend(${rows[0]?.pid})`);
    // it breaks while nobody asks it anything
    await ended;
    await tx.execute(sql`select 1`);
  });
  const error: unknown = await failing.catch((reason: unknown) => reason);
  expect(isDatabaseAway(error)).toBe(true);
  expect((await db.execute<{ n: number }>(sql`select 1 as n`)).rows).toEqual([{ n: 1 }]);
});
