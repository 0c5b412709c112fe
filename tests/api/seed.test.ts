import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { seedExamples } from '../../src/api/seed.ts';
import { openDatabase, type Database } from '../../src/db/database.ts';
import { findRunbook, insertRunbookVersion, listRunbooks } from '../../src/db/runbooks.ts';
import { createDatabase, type TestDatabase } from '../support/postgres.ts';

let made: TestDatabase;
let database: Database;
let dir: string;

const example = `title: An order
steps:
  - {id: open, ordinal: 1, description: open, action: {type: navigate, url: "http://practice.invalid/orders?a=(1)"}}
`;
beforeEach(async () => {
  made = await createDatabase();
  database = openDatabase(made.url);
  dir = await mkdtemp(join(tmpdir(), 'understudy-seed-'));
  await writeFile(join(dir, 'an-order.yaml'), example);
  await writeFile(join(dir, 'README.md'), 'not a runbook');
});
afterEach(async () => {
  await database.close();
  await made.drop();
  await rm(dir, { recursive: true });
});

const seed = (practiceUrl: string) => seedExamples({ db: database.db, dir, practiceUrl });
const stored = async () => {
  const found = await findRunbook(database.db, 'an-order');
  return [found?.version, /http:\/\/[^"]+/.exec(found?.source ?? '')?.[0]];
};

test('the examples are stored once, with the address of the practice site', async () => {
  expect(await seed('http://127.0.0.1:4000/')).toEqual(['an-order']);
  expect(await seed('http://127.0.0.1:4000')).toEqual([]);
  expect(await stored()).toEqual([1, 'http://127.0.0.1:4000/orders?a=(1)']);
});

test('another address of the practice site gives a new version', async () => {
  await seed('http://127.0.0.1:4000');
  expect(await seed('http://127.0.0.1:4001')).toEqual(['an-order']);
  expect(await stored()).toEqual([2, 'http://127.0.0.1:4001/orders?a=(1)']);
});

test('an example that a person has edited is left alone', async () => {
  await seed('http://127.0.0.1:4000');
  const found = await findRunbook(database.db, 'an-order');
  await insertRunbookVersion(database.db, 'an-order', { source: `${found?.source}# mine\n`, parsed: found!.runbook });
  expect(await seed('http://127.0.0.1:4001')).toEqual([]);
});

test('a new example is not pushed into a library that exists', async () => {
  await seed('http://127.0.0.1:4000');
  await writeFile(join(dir, 'second.yaml'), example);
  expect(await seed('http://127.0.0.1:4000')).toEqual([]);
  expect((await listRunbooks(database.db)).map((runbook) => runbook.id)).toEqual(['an-order']);
});

test('an example with mistakes is named', async () => {
  await writeFile(join(dir, 'wrong.yaml'), 'title: 1\n');
  await expect(seed('http://127.0.0.1:4000')).rejects.toThrow(/the example wrong has mistakes/);
});
