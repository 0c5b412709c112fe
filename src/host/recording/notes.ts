/**
 * What is known of a recording, beside its file and in the same folder: written when it begins, when a video gets another stretch, and when it is finished. So the next
 * host knows what a host that was killed has left.
 */
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Log } from '../../log.ts';

const Note = z.object({
  id: z.string().regex(/^(video|trace)-\d+-[0-9a-f]{8}$/),
  kind: z.enum(['video', 'trace']),
  /** of the host that records */
  boot: z.string(),
  /** ISO 8601 */
  startedAt: z.string(),
  state: z.enum(['recording', 'finished']),
  /** of a video: how its time maps to the clock */
  segments: z.array(z.object({ at: z.string(), ms: z.number() })).optional(),
  durationMs: z.number().optional(),
  /** what is not there, in words */
  missing: z.string().optional(),
});
export type Note = z.infer<typeof Note>;

const extensions = { video: 'webm', trace: 'zip' };

export const fileOf = (folder: string, { id, kind }: Pick<Note, 'id' | 'kind'>): string => join(folder, `${id}.${extensions[kind]}`);
/** Where a trace lies before it is masked. It is never given to anybody. */
export const rawFileOf = (folder: string, { id }: Pick<Note, 'id'>): string => join(folder, `${id}.raw`);
export const noteFileOf = (folder: string, { id }: Pick<Note, 'id'>): string => join(folder, `${id}.json`);

/** @throws Error when the disk is full */
export function writeNote(folder: string, note: Note): void {
  const file = noteFileOf(folder, note);
  writeFileSync(`${file}.new`, JSON.stringify(note), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** When the disk is full there is nothing more to do than to say so: a job goes on without its recordings. */
export function keepNote(folder: string, note: Note, log: Log): void {
  try {
    writeNote(folder, note);
  } catch (error) {
    log.warn({ error: String(error).slice(0, 200) }, 'a note of a recording could not be written');
  }
}

/** All notes of a folder, oldest first; none when there is no such folder. */
export function readNotes(folder: string): Note[] {
  return names(folder)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => readNote(join(folder, name)) ?? [])
    .sort((a, b) => a.startedAt.localeCompare(b.startedAt));
}

function readNote(file: string): Note | null {
  try {
    return Note.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return null;
  }
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
