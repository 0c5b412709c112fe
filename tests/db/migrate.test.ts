import { expect, test } from 'vitest';
import { openDatabase } from '../../src/db/database.ts';
import { migrate, withAdvisoryLock } from '../../src/db/migrate.ts';
import { createEmptyDatabase } from '../support/postgres.ts';

test('several processes migrate at once and all find the finished schema', async () => {
  const made = await createEmptyDatabase();
  const processes = Array.from({ length: 4 }, () => openDatabase(made.url, { connections: 1 }));
  try {
    await Promise.all(processes.map(({ pool }) => migrate(pool)));
    const { rows } = await processes[0]!.pool.query<{ n: number }>(
      "select count(*)::int as n from information_schema.tables where table_schema = 'public'",
    );
    expect(rows[0]?.n).toBe(8);
  } finally {
    await Promise.all(processes.map((each) => each.close()));
    await made.drop();
  }
});

test('only one holder of an advisory lock works, and the next may after it', async () => {
  const made = await createEmptyDatabase();
  const database = openDatabase(made.url);
  try {
    const ran: boolean[] = [];
    const first = await withAdvisoryLock(database.pool, 1, async () => {
      ran.push(await withAdvisoryLock(database.pool, 1, () => Promise.resolve()));
    });
    expect([first, ...ran, await withAdvisoryLock(database.pool, 1, () => Promise.resolve())]).toEqual([true, false, true]);
  } finally {
    await database.close();
    await made.drop();
  }
});
