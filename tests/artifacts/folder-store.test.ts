import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createFolderStore } from '../../src/artifacts/folder-store.ts';
import { NotStored, type ArtifactStore } from '../../src/artifacts/store.ts';

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
  expect(await store.list('two')).toEqual([{ id: other.id, path: other.path, bytes: 10 }]);
  expect(await store.open(first.id)).toBeUndefined();
});

test.each(['', '{"name":"a', 'null', '7', '{"name":"a"}'])('a label that says %j makes nothing of the bytes beside it', async (label) => {
  const { id, path } = await store.put({ jobId: 'job', name: 'a', type: 'text/plain', bytes });
  await writeFile(`${path}.json`, label);
  expect(await store.open(id)).toBeUndefined();
  expect(await store.list('job')).toHaveLength(1);
});

test('one artifact is removed on its own, as often as one likes', async () => {
  const [gone, stays] = await Promise.all(['a', 'b'].map((name) => store.put({ jobId: 'job', name, type: 'text/plain', bytes })));
  for (const id of [gone?.id ?? '', gone?.id ?? '', '../../etc/passwd', '']) await store.removeOne(id);
  expect(await store.open(gone?.id ?? '')).toBeUndefined();
  expect(await store.list('job')).toMatchObject([{ id: stays?.id }]);
  expect(await ofJob()).toHaveLength(2);
});

test('whoever reads an artifact that is replaced meanwhile reads the one that was opened', async () => {
  const { id } = await store.put({ ...file, key: '7', bytes });
  const opened = await store.open(id);
  await store.put({ ...file, key: '7', bytes: Buffer.from('new') });
  expect([opened?.bytes, opened && (await text(opened.stream))]).toEqual([10, '0123456789']);
});

const file = { jobId: 'job', name: 'a.bin', type: 'application/octet-stream' };
const filesOf = async (): Promise<string[]> => readdir(join(dir, 'store'), { recursive: true }).catch(() => []);
const ofJob = async (): Promise<string[]> => (await filesOf()).filter((name) => name.includes('/'));

test('a stream is kept with its length and digest, without ever being in memory as a whole', async () => {
  const chunk = Buffer.alloc(1_000_000, 'x');
  const hash = createHash('sha256');
  let most = 0;
  const stream = Readable.from(
    (function* () {
      for (let n = 0; n < 200; n += 1) {
        hash.update(chunk);
        most = Math.max(most, process.memoryUsage().arrayBuffers);
        // a buffer of its own each, so that holding on to them would show
        yield Buffer.from(chunk);
      }
    })(),
  );
  const before = process.memoryUsage().arrayBuffers;
  const stored = await store.put({ ...file, stream });
  expect(stored).toMatchObject({ bytes: 200_000_000, sha256: hash.digest('hex') });
  expect(most - before).toBeLessThan(150_000_000);
});

test('nothing is left of a stream that breaks, is too long or is given up', async () => {
  const broken = Readable.from(
    (function* () {
      yield bytes;
      throw new Error('the line went dead');
    })(),
  );
  await expect(store.put({ ...file, stream: broken })).rejects.toThrow('the line went dead');
  const endless = new PassThrough();
  endless.write(bytes);
  const stop = new AbortController();
  const given = store.put({ ...file, stream: endless, signal: stop.signal });
  stop.abort(new Error('given up'));
  await expect(given).rejects.toThrow('given up');
  expect(endless.destroyed).toBe(true);
  const long = Readable.from([bytes, bytes]);
  await expect(store.put({ ...file, stream: long, maxBytes: 19 })).rejects.toMatchObject({ name: 'NotStored', code: 'too_large' });
  await expect(store.put({ ...file, bytes, maxBytes: 9 })).rejects.toThrow(NotStored);
  expect(await ofJob()).toEqual([]);
});

test('what is put again with the same key takes the place of what was there, and only when all of it has come', async () => {
  const first = await store.put({ ...file, key: '7', bytes });
  const second = await store.put({ ...file, key: '7', name: 'b.bin', stream: Readable.from([Buffer.from('new')]) });
  expect(second.id).toBe(first.id);
  expect(await store.list('job')).toHaveLength(1);
  await expect(store.put({ ...file, key: '7', bytes, maxBytes: 1 })).rejects.toThrow(NotStored);
  const found = await store.open(first.id);
  expect([found?.name, found && (await text(found.stream))]).toEqual(['b.bin', 'new']);
  expect((await store.put({ ...file, jobId: 'other', key: '7', bytes })).id).not.toBe(first.id);
});

test('what a process left behind in the middle of a file is removed by and by, whatever job comes next', async () => {
  const coming = new PassThrough();
  coming.write(bytes);
  const given = store.put({ ...file, stream: coming });
  const unfinished = join(dir, 'store', 'unfinished');
  await vi.waitFor(async () => expect(await readdir(unfinished)).toHaveLength(1));
  const [fresh = ''] = await readdir(unfinished);
  // as a worker leaves it that is killed
  await writeFile(join(unfinished, 'old.tmp'), 'x');
  await utimes(join(unfinished, 'old.tmp'), 1, 1);
  await store.put({ ...file, jobId: 'other', bytes });
  expect(await readdir(unfinished)).toEqual([fresh]);
  coming.end();
  await given;
  expect(await readdir(unfinished)).toEqual([]);
});

test('a full disk is said to be full, and nothing of the file is left', async () => {
  // what the system says of a device without space, through a stream
  const full = createWriteStream('/dev/full');
  full.write('x');
  const [error] = (await once(full, 'error')) as [Error];
  const stream = Readable.from(
    (function* () {
      yield bytes;
      throw error;
    })(),
  );
  await expect(store.put({ ...file, stream })).rejects.toMatchObject({ name: 'NotStored', code: 'no_space' });
  expect(await ofJob()).toEqual([]);
});

test('that a folder cannot be written is told apart from a file that cannot be read', async () => {
  await writeFile(join(dir, 'store'), 'a file where the folder should be');
  await expect(store.put({ ...file, bytes })).rejects.toMatchObject({ code: expect.stringMatching(/EEXIST|unwritable/) as string });
  const below = createFolderStore(join(dir, 'store', 'below'));
  await expect(below.put({ ...file, bytes })).rejects.toMatchObject({ name: 'NotStored', code: 'unwritable' });
  const other = createFolderStore(join(dir, 'other'));
  const unreadable = Readable.from(
    (function* () {
      yield bytes;
      throw Object.assign(new Error('permission denied'), { code: 'EACCES', path: '/elsewhere/video.webm' });
    })(),
  );
  await expect(other.put({ ...file, stream: unreadable })).rejects.toThrow('permission denied');
});

const run = promisify(execFile);
/** A disk of its own for one process; needs no privileges where people may have namespaces of their own. */
const onSmallDisk = ['-rm', 'sh', '-c', 'mount -t tmpfs -o size=256k,nr_inodes=12 tmpfs "$1" && shift && exec "$@"', 'sh'];
const canMount = await run('unshare', [...onSmallDisk, tmpdir(), 'true']).then(
  () => true,
  () => false,
);

test.runIf(canMount)('on a disk that really is full what was there stays, and nothing is left of what came too late', async () => {
  const program = fileURLToPath(new URL('fill-disk.ts', import.meta.url));
  const { stdout } = await run('unshare', [...onSmallDisk, dir, process.execPath, '--import', 'tsx', program, dir]);
  expect(JSON.parse(stdout)).toEqual({
    large: { name: 'NotStored', code: 'no_space' },
    streamed: { name: 'NotStored', code: 'no_space' },
    replaced: { name: 'NotStored', code: 'no_space' },
    kept: 'first',
    files: 1,
    unfinished: [],
    full: { name: 'NotStored', code: 'no_space' },
    afterwards: 'second',
  });
});
