/** The folder of recordings: of each job those that are finished, until a worker has stored them. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { HostError } from '../host-error.ts';
import type { Call, RecordedFile } from '../protocol.ts';
import { fileOf, noteFileOf, rawFileOf, readNotes, writeNote, type Note } from './notes.ts';
import { recover } from './recover.ts';
import { sweepRecordings } from './sweep.ts';
import { withinTime } from './within-time.ts';

/** `ffmpeg`: null when there is none */
type RecordingsOptions = { dir: string; ffmpeg: string | null };

const patienceMs = 20_000;

export class Recordings {
  readonly ffmpeg: string | null;
  readonly #folder: string;
  readonly #boot = randomBytes(8).toString('hex');
  readonly #expected = new Map<string, Set<Promise<unknown>>>();
  /** what became of recordings of browsers that have ended, also when there was no room to write it down */
  readonly #finished = new Map<string, Note>();
  /** notes whose loss was told, by job */
  readonly #told = new Map<string, Set<string>>();

  /** @param options `dir`: the host's folder */
  constructor({ dir, ffmpeg }: RecordingsOptions) {
    this.ffmpeg = ffmpeg;
    this.#folder = join(dir, 'recordings');
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
  }

  /** Where a recording that begins now is to be put, and what is known of it. */
  begin(jobId: string, kind: Note['kind']): { folder: string; note: Note } {
    const folder = this.#folderOf(jobId);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const now = Date.now();
    const id = `${kind}-${now}-${randomBytes(4).toString('hex')}`;
    return { folder, note: { id, kind, boot: this.#boot, startedAt: new Date(now).toISOString(), state: 'recording' } };
  }

  /** A browser ends: what it leaves is waited for by whoever asks. */
  expect(jobId: string, finished: Promise<(Note | undefined)[]>): void {
    const expected = this.#expected.get(jobId) ?? new Set();
    this.#expected.set(jobId, expected);
    expected.add(finished);
    void finished.then((notes) => {
      for (const note of notes) if (note) this.#finished.set(note.id, note);
      expected.delete(finished);
      if (expected.size === 0 && this.#expected.get(jobId) === expected) this.#expected.delete(jobId);
    });
  }

  /** What has been left by browsers that have ended; waits for what is being finished. */
  async list(jobId: string, waitMs = patienceMs): Promise<Call['recordings'][1]> {
    const expected = this.#expected.get(jobId);
    const late = expected !== undefined && !(await inTime(Promise.all(expected), waitMs));
    const folder = this.#folderOf(jobId);
    const notes: Note[] = [];
    for (const kept of readNotes(folder)) {
      const note = this.#finished.get(kept.id) ?? kept;
      if (note.state === 'finished') notes.push(note);
      else if (note.boot !== this.#boot) notes.push(await recover(folder, note, this.ffmpeg));
    }
    const missing = notes.flatMap((note) => note.missing ?? []);
    this.#told.set(jobId, new Set(notes.map(({ id }) => id)));
    return {
      files: notes.flatMap((note) => recordedFile(folder, note) ?? []),
      missing: late ? [...missing, 'A recording is missing: it could not be finished in time.'] : missing,
    };
  }

  /** @throws HostError `bad_request` when one of the files is no recording of this job; then nothing is removed */
  drop(jobId: string, files: readonly string[]): void {
    const folder = this.#folderOf(jobId);
    const ids = files.map((file) => idOf(folder, file));
    const notes = readNotes(folder).map((note) => this.#finished.get(note.id) ?? note);
    const told = this.#told.get(jobId) ?? new Set();
    this.#told.delete(jobId);
    for (const note of notes) {
      if (note.state !== 'finished') continue;
      this.#finished.delete(note.id);
      if (ids.includes(note.id) || (told.has(note.id) && !recordedFile(folder, note))) remove(folder, note);
      else if (told.has(note.id)) writeNote(folder, { ...note, missing: undefined });
    }
    if (readNotes(folder).length === 0 && !this.#expected.has(jobId)) rmSync(folder, { recursive: true, force: true });
  }

  /** Removes what nobody has fetched for a week, of jobs that are not known any more, and what an ended host could not mask. */
  sweep(isKnown: (jobId: string) => boolean): void {
    sweepRecordings(this.#folder, isKnown);
  }

  /** Waits for what is being finished. */
  async settle(ms: number): Promise<void> {
    await inTime(Promise.all([...this.#expected.values()].flatMap((expected) => [...expected])), ms);
  }

  /** Job ids are checked where they come in; one that is no name of a folder is refused all the same. */
  #folderOf(jobId: string): string {
    const folder = join(this.#folder, jobId);
    if (dirname(folder) !== this.#folder || basename(folder) !== jobId) throw new HostError('bad_request', 400, 'That is no job id.');
    return folder;
  }
}

const inTime = (work: Promise<unknown>, ms: number): Promise<boolean> =>
  withinTime(work, ms).then(
    () => true,
    () => false,
  );

/** The id of a recording in the folder, by its path. */
function idOf(folder: string, file: string): string {
  const id = basename(file, extname(file));
  const isOurs = resolve(file) === file && dirname(file) === folder && /^(video|trace)-\d+-[0-9a-f]{8}$/.test(id);
  if (!isOurs || !/^\.(webm|zip)$/.test(extname(file))) throw new HostError('bad_request', 400, 'That is no recording of this job.');
  return id;
}

function recordedFile(folder: string, note: Note): RecordedFile | null {
  const { kind, startedAt, durationMs, segments = [] } = note;
  const file = fileOf(folder, note);
  const stat = statSync(file, { throwIfNoEntry: false });
  if (!stat?.isFile() || (kind === 'video' && durationMs === undefined)) return null;
  // a stretch that a killed host had begun, and of which nothing was written
  const shown = segments.filter(({ ms }, index) => index === 0 || ms < (durationMs ?? 0));
  return { file, kind, bytes: stat.size, startedAt, ...(durationMs !== undefined && { video: { durationMs, segments: shown } }) };
}

function remove(folder: string, note: Note): void {
  for (const file of [fileOf(folder, note), rawFileOf(folder, note), noteFileOf(folder, note)]) rmSync(file, { force: true });
}
