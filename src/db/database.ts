import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import * as schema from './schema.ts';

export type Db = NodePgDatabase<typeof schema> & { $client: pg.Pool };
/** The database, or a transaction in it: what named queries take. */
export type Queryable = Pick<Db, 'select' | 'insert' | 'update' | 'delete' | 'execute'>;
export type Database = { db: Db; pool: pg.Pool; close(): Promise<void> };

/**
 * A pool of at most `connections` (default 10). It connects when first used and again after an outage; a query fails within about 5 s when Postgres is away.
 * @param onError errors of idle connections (a restart of Postgres); they need no action
 */
export function openDatabase(
  url: string,
  options: { connections?: number; name?: string; onError?: (error: Error) => void } = {},
): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.connections ?? 10,
    application_name: options.name ?? 'understudy',
    connectionTimeoutMillis: 3_000,
    query_timeout: 10_000,
    keepAlive: true,
  });
  // Without a listener a restart of Postgres would end the process.
  pool.on('error', (error) => options.onError?.(error));
  // The pool listens to idle connections only: one that breaks between two queries of a transaction would end the process; the next query says it.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return { db: drizzle(pool, { schema }), pool, close: () => pool.end() };
}

/**
 * Runs `work` in a transaction on a connection of its own, which goes back to the pool in any case: drizzle's own keeps it for ever when even its `begin` fails, and a pool
 * of which a few outages have taken all connections answers nobody any more. @throws what `work` throws, when everything is rolled back; the error of a broken connection
 */
export async function inTransaction<T>(db: Db, work: (tx: Queryable) => Promise<T>): Promise<T> {
  const client = await db.$client.connect();
  let broken = false;
  try {
    return await drizzle(client).transaction(work);
  } catch (error) {
    broken = isDatabaseAway(error);
    throw error;
  } finally {
    client.release(broken);
  }
}

const awayCodes = /^(08|57P0[1-3]|53300|ECONN|EPIPE|ENOTFOUND|ENOENT|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH)/;
const awayMessages =
  /connection terminated|timeout exceeded when trying to connect|connection timeout|query read timeout|not queryable|client has encountered a connection error/i;

/** True when the error, or what caused it, says that Postgres cannot be reached (as opposed to a mistake in a query). */
export function isDatabaseAway(error: unknown): boolean {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth += 1) {
    const { code } = cause as { code?: unknown };
    if (typeof code === 'string' && awayCodes.test(code)) return true;
    if (awayMessages.test(cause.message)) return true;
  }
  return false;
}
