/** What an upload gives away, copied once: what a person is shown, what the digest is of and what the page gets are the same bytes. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { writeWhole } from '../../artifacts/write-whole.ts';
import { mostBytes } from '../../artifacts/store.ts';
import type { ActionOf, StepContext } from '../step-context.ts';
import { StepFailure } from '../step-failure.ts';
import { safeFileName } from './file-name.ts';
import type { FileSource, SourceFile } from './file-source.ts';

/** `path` ends with `name`; `sha256`: 64 hex digits */
export type StagedFile = { name: string; path: string; bytes: number; sha256: string };
export type Staging = {
  /** The files of the step, copied the first time. @throws StepFailure `value_missing`, `action_failed` */
  files(action: ActionOf<'upload'>, fill: StepContext['fill'], signal: AbortSignal): Promise<StagedFile[]>;
  /** removes the copies; never rejects */
  end(): Promise<void>;
};

/** For one attempt of a step. */
export function createStaging(source: FileSource): Staging {
  let folder: Promise<string> | undefined;
  let staged: Promise<StagedFile[]> | undefined;
  return {
    files(action, fill, signal) {
      staged ??= (async () => {
        const wanted = await filesOf(action, fill, source);
        folder = mkdtemp(join(tmpdir(), 'understudy-upload-'));
        return copyAll(wanted, await folder, signal);
      })();
      return staged;
    },
    async end() {
      await staged?.catch(() => undefined);
      const made = await folder?.catch(() => undefined);
      if (made !== undefined) await rm(made, { recursive: true, force: true }).catch(() => undefined);
    },
  };
}

async function filesOf({ file, content, name }: ActionOf<'upload'>, fill: StepContext['fill'], source: FileSource): Promise<SourceFile[]> {
  if (content !== undefined) return [fromText(await fill(content), name === undefined ? '' : await fill(name))];
  const names = file === undefined ? [] : Array.isArray(file) ? file : [file];
  if (names.length === 0) throw new StepFailure('value_missing', 'The step names no file: give `file`, or `content` with a `name`.');
  const found: SourceFile[] = [];
  for (const one of names) found.push(await source.find(await fill(one)));
  return found;
}

function fromText(content: string, name: string): SourceFile {
  const bytes = Buffer.from(content);
  return { name: safeFileName(name, 'file.txt'), bytes: bytes.byteLength, open: () => Promise.resolve(Readable.from([bytes])) };
}

/** Each in a folder of its own: two may have the same name. */
async function copyAll(files: readonly SourceFile[], folder: string, signal: AbortSignal): Promise<StagedFile[]> {
  const copies: StagedFile[] = [];
  for (const [nth, file] of files.entries()) {
    const name = safeFileName(file.name, 'file');
    const path = join(folder, String(nth), name);
    await mkdir(join(folder, String(nth)), { mode: 0o700 });
    const { bytes, sha256 } = await writeWhole(path, { stream: await file.open() }, { maxBytes: mostBytes, signal });
    copies.push({ name, path, bytes, sha256 });
  }
  return copies;
}
