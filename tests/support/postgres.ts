import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { inject } from 'vitest';

export interface TestDatabase {
  /** of a database of its own, with all migrations done */
  url: string;
  /** removes it, and ends connections that are still open */
  drop: () => Promise<void>;
}

const migrations = fileURLToPath(new URL('../../src/db/migrations', import.meta.url));

/** A fresh database, copied from one on which the migrations ran once. Call it in `beforeAll`, and `drop` in `afterAll`. */
export async function createDatabase(): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asAdmin(async (admin) => {
    const template = await migratedTemplate(admin);
    await admin.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  });
  return {
    url: urlOf(name),
    drop: () => asAdmin(async (admin) => void (await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`))),
  };
}

/** An empty database, for tests of the migrations themselves. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asAdmin((admin) => admin.query(`CREATE DATABASE ${name}`));
  return {
    url: urlOf(name),
    drop: () => asAdmin(async (admin) => void (await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`))),
  };
}

/** Made by the first test file that needs it; its name says which migrations it has, so that a server that goes on running gets a new one. */
async function migratedTemplate(admin: pg.Client): Promise<string> {
  const name = `template_${migrationsDigest()}`;
  await admin.query('SELECT pg_advisory_lock(7201)');
  try {
    const { rowCount } = await admin.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (rowCount) return name;
    const making = `making_${randomBytes(6).toString('hex')}`;
    await admin.query(`CREATE DATABASE ${making}`);
    await migrateDatabase(urlOf(making));
    await admin.query(`ALTER DATABASE ${making} RENAME TO ${name}`);
    return name;
  } finally {
    await admin.query('SELECT pg_advisory_unlock(7201)');
  }
}

async function migrateDatabase(url: string): Promise<void> {
  const { migrate } = await import('../../src/db/migrate.ts');
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  try {
    await migrate(pool);
  } finally {
    await pool.end();
  }
}

function migrationsDigest(): string {
  const hash = createHash('sha256');
  const files = existsSync(migrations) ? readdirSync(migrations, { recursive: true, encoding: 'utf8' }).sort() : [];
  for (const file of files.filter((f) => /\.(sql|json)$/.test(f))) hash.update(file).update(readFileSync(`${migrations}/${file}`));
  return hash.digest('hex').slice(0, 12);
}

function urlOf(database: string): string {
  const url = new URL(inject('databaseUrl'));
  url.pathname = `/${database}`;
  return url.href;
}

async function asAdmin<T>(work: (admin: pg.Client) => Promise<T>): Promise<T> {
  const admin = new pg.Client({ connectionString: inject('databaseUrl') });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}
