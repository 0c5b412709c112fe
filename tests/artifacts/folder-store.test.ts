import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createFolderStore } from '../../src/artifacts/folder-store.ts';
import type { ArtifactStore } from '../../src/artifacts/store.ts';

let dir: string;
let store: ArtifactStore;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'understudy-artifacts-'));
  store = createFolderStore(join(dir, 'store'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const bytes = Buffer.from('0123456789');

test('what was put can be opened, whole or in part', async () => {
  const { id, bytes: length } = await store.put({ jobId: 'job', name: 'page.jpg', type: 'image/jpeg', bytes });
  expect(length).toBe(10);
  const whole = await store.open(id);
  expect(whole).toMatchObject({ bytes: 10, name: 'page.jpg', type: 'image/jpeg' });
  expect(whole && (await text(whole.stream))).toBe('0123456789');
  const part = await store.open(id, { start: 2, end: 4 });
  expect(part?.bytes).toBe(10);
  expect(part && (await text(part.stream))).toBe('234');
});

test.each([[{ start: 4, end: 2 }], [{ start: 0, end: 10 }], [{ start: -1, end: 2 }]])('the range %o is refused', async (range) => {
  const { id } = await store.put({ jobId: 'job', name: 'a', type: 'text/plain', bytes });
  await expect(store.open(id, range)).rejects.toThrow(RangeError);
});

test.each(['../../etc/passwd', '', '0123456789abcdef-../../../../../../x', '0123456789abcdef-AAAAAAAAAAAAAAAAAAAAAAAA'])(
  'there is nothing behind the id %j',
  async (id) => {
    expect(await store.open(id)).toBeUndefined();
  },
);

test('names and jobs that look like paths stay inside the folder', async () => {
  const { path } = await store.put({ jobId: '../../../job', name: '../../x', type: 'text/plain', bytes });
  expect(path.startsWith(join(dir, 'store'))).toBe(true);
  expect(await readdir(dir)).toEqual(['store']);
});

test('jobs are listed and removed on their own, and nothing unfinished is left', async () => {
  const [first, second] = await Promise.all([
    store.put({ jobId: 'one', name: 'a', type: 'text/plain', bytes }),
    store.put({ jobId: 'one', name: 'a', type: 'text/plain', bytes }),
  ]);
  const other = await store.put({ jobId: 'two', name: 'a', type: 'text/plain', bytes });
  expect(first.id).not.toBe(second.id);
  expect((await store.list('one')).map(({ id }) => id).sort()).toEqual([first.id, second.id].sort());
  await store.remove('one');
  await store.remove('one');
  expect(await store.list('one')).toEqual([]);
  expect(await store.list('two')).toEqual([other]);
  expect(await store.open(first.id)).toBeUndefined();
});
