/** Everything that the databases of an installation hold, as rows: in their files, long values are compressed and no search finds them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';

export type Rows = { table: string; rows: Buffer };

/** Every table of every database of the product's own server, also Temporal's; bytes stand as hex. */
export async function allRows(home: string): Promise<Rows[]> {
  const password = readFileSync(join(home, 'postgres', 'password'), 'utf8').trim();
  const { postgres: port } = JSON.parse(readFileSync(join(home, 'run', 'ports.json'), 'utf8')) as { postgres: number };
  const connection = { host: '127.0.0.1', port, user: 'understudy', password };
  const databases = await query<{ name: string }>(
    { ...connection, database: 'understudy' },
    'select datname as name from pg_database where datallowconn and not datistemplate',
  );
  const all: Rows[] = [];
  for (const { name: database } of databases) {
    const tables = await query<{ name: string }>(
      { ...connection, database },
      "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')",
    );
    for (const { name } of tables) {
      const rows = await query<{ row: string }>({ ...connection, database }, `select t::text as row from ${name} t`);
      all.push({ table: `${database}.${name}`, rows: Buffer.from(rows.map(({ row }) => row).join('\n')) });
    }
  }
  return all;
}

async function query<T extends pg.QueryResultRow>(connection: pg.ClientConfig, sql: string): Promise<T[]> {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}
