/** Run on a disk of 256 KB and 12 files of its own: fills it, and tells what the store says of that and what is left. */
import { appendFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { createFolderStore } from '../../src/artifacts/folder-store.ts';

const [, , dir = ''] = process.argv;
const store = createFolderStore(dir);
const file = { jobId: 'job', name: 'a.bin', type: 'application/octet-stream' };
const large = Buffer.alloc(1_000_000, 'x');

type Refusal = { name?: unknown; code?: unknown };
const refusal = (work: Promise<unknown>): Promise<Refusal> =>
  work.then(
    () => ({}),
    (error: Refusal) => ({ name: error.name, code: error.code }),
  );
async function contentOf(id: string): Promise<string> {
  const found = await store.open(id);
  return found ? text(found.stream) : 'gone';
}

const { id } = await store.put({ ...file, key: '1', bytes: Buffer.from('first') });
const told = {
  large: await refusal(store.put({ ...file, bytes: large })),
  streamed: await refusal(store.put({ ...file, stream: Readable.from([large.subarray(0, 100_000), large]) })),
  replaced: await refusal(store.put({ ...file, key: '1', bytes: large })),
  kept: await contentOf(id),
  files: (await store.list('job')).length,
  unfinished: (await readdir(dir, { recursive: true })).filter((name) => name.endsWith('.tmp')),
};
await store.put({ ...file, key: '1', bytes: Buffer.from('second') });
// until there is no room for another name either
for (let n = 0; n < 12; n += 1) await appendFile(join(dir, `rest-${n}`), large).catch(() => undefined);
const full = await refusal(store.put({ ...file, jobId: 'other', bytes: Buffer.from('x') }));
const read = await contentOf(id);
process.stdout.write(JSON.stringify({ ...told, full, afterwards: read }));
