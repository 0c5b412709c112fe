import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { apply, decideBegin, decideReport, emptyGate, type Entry } from '../../src/host/gate.ts';
import { begin, openJob, testHost } from './harness.ts';

const world = { epoch: 1, alive: true, now: '2026-01-01T00:00:00.000Z' };

test('rows come with done, once, and are there again after the host was restarted', async () => {
  const host = await testHost();
  const { client } = host;
  const { epoch } = await openJob(host);
  await client.call('begin', begin(1, epoch));
  const done = { ...begin(1, epoch), result: 1, captures: [], appends: [{ collection: 'a b', rows: [{ x: 1 }, 'two', null] }] };
  await client.call('done', done);
  await client.call('done', done);
  const rows = async (name: string, at = epoch) => (await client.call('collection', { jobId: 'job', epoch: at, name })).rows;
  expect(await rows('a b')).toEqual([{ x: 1 }, 'two', null]);
  expect(await rows('none')).toEqual([]);
  expect((await client.call('keep', { jobId: 'job', epoch })).collections).toEqual({ 'a b': [{ x: 1 }, 'two', null] });
  await host.restart();
  const { epoch: newer } = await client.call('attach', {});
  expect(await rows('a b', newer)).toEqual([{ x: 1 }, 'two', null]);
});

test('what comes back with a job does not replace what steps have added since', async () => {
  const host = await testHost();
  const { client } = host;
  const { epoch } = await client.call('attach', {});
  const open = (collections: Record<string, unknown[]>) => client.call('open', { jobId: 'job', epoch, values: [], collections });
  await open({ kept: [1] });
  await client.call('begin', begin(1, epoch));
  await client.call('done', { ...begin(1, epoch), result: 1, captures: [], appends: [{ collection: 'kept', rows: [2] }] });
  await open({ kept: [1], other: [] });
  expect((await client.call('keep', { jobId: 'job', epoch })).collections).toEqual({ kept: [1, 2], other: [] });
});

test('lists of loops are read item by item and stay out of what a step is given', async () => {
  const host = await testHost();
  const { client } = host;
  const { epoch } = await openJob(host);
  await client.call('begin', begin(1, epoch));
  const list = { name: '__items:loop', value: '["a",null]', sensitive: true, json: true as const };
  await client.call('done', { ...begin(1, epoch), result: 1, captures: [list, { name: 'x', value: '1', sensitive: false }] });
  const item = (index: number, name = list.name) => client.call('item', { jobId: 'job', epoch, list: name, index });
  expect(await item(0)).toEqual({ total: 2, sensitive: true, item: 'a' });
  expect(await item(1)).toEqual({ total: 2, sensitive: true, item: null });
  expect(await item(2)).toEqual({ total: 2, sensitive: true });
  expect(await item(0, '__items:other')).toEqual({ total: null });
  expect(await client.call('begin', begin(2, epoch, { after: 1 }))).toMatchObject({
    values: [{ name: 'x', value: '1', sensitive: false }],
  });
});

test('ten thousand appends of a row cost ten thousand lines of the same length', () => {
  const state = emptyGate();
  const entries: Entry[] = [];
  const take = (given: Entry[] | string): number => {
    if (typeof given === 'string') throw new Error(given);
    for (const entry of given) apply(state, entry);
    entries.push(...given);
    return JSON.stringify(given).length;
  };
  const cost = (instance: number): number => {
    const ref = { jobId: 'j', instance, epoch: 1 };
    const begun = decideBegin(state, world, { ...ref, after: null, gen: 0, dispatch: instance, effect: 'read' });
    const appends = [{ collection: 'rows', rows: [{ n: 'same' }] }];
    return take(begun.entries) + take(decideReport(state, world, { verb: 'done', ref, result: {}, captures: [], appends }));
  };
  const costs = Array.from({ length: 10_000 }, (_, n) => cost(n + 100_000));
  expect(new Set(costs).size).toBe(1);
  expect(state.collections.get('rows')).toHaveLength(10_000);
  const replayed = emptyGate();
  for (const entry of entries) apply(replayed, entry);
  expect(replayed.collections).toEqual(state.collections);
  expect(replayed.appended).toBe(state.appended);
});

test('the room for collections shrinks with what is in them', async () => {
  const host = await testHost();
  const { client, options } = host;
  const { epoch } = await openJob(host);
  const first = await client.call('begin', begin(1, epoch));
  await client.call('done', { ...begin(1, epoch), result: 1, captures: [], appends: [{ collection: 'a', rows: ['x'.repeat(1_000)] }] });
  const next = await client.call('begin', begin(2, epoch));
  if (first.go !== 'run' || next.go !== 'run') throw new Error('not let through');
  expect(first.room - next.room).toBe(1_004);
  const [ledger = ''] = readdirSync(join(options.dir, 'ledgers'));
  expect(statSync(join(options.dir, 'ledgers', ledger)).size).toBeLessThan(5_000);
});
