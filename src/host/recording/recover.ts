/** What a host that was killed has left of a recording. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { renameSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileOf, rawFileOf, writeNote, type Note } from './notes.ts';
import { webmDuration } from './webm-duration.ts';

const stopped = 'the browser host was stopped while it recorded';
/** ffmpeg finishes its file when its host has died; on a busy machine that takes a moment. */
const patience = { times: 30, everyMs: 100 };
const rewriteMs = 30_000;

/** Makes a video playable, when there is anything of it. @returns the note as it is from now on */
export async function recover(folder: string, note: Note, ffmpeg: string | null): Promise<Note> {
  rmSync(rawFileOf(folder, note), { force: true });
  const durationMs = note.kind === 'video' ? await durationOf(fileOf(folder, note), ffmpeg) : null;
  const recovered: Note =
    durationMs === null
      ? { ...note, state: 'finished', missing: `The ${note.kind} is missing: ${stopped}.` }
      : { ...note, state: 'finished', durationMs, missing: `The video ends early: ${stopped}.` };
  if (durationMs === null) rmSync(fileOf(folder, note), { force: true });
  writeNote(folder, recovered);
  return recovered;
}

async function durationOf(file: string, ffmpeg: string | null): Promise<number | null> {
  for (let i = 0; i < patience.times; i += 1) {
    const duration = webmDuration(file);
    if (duration !== null) return duration;
    await sleep(patience.everyMs);
  }
  return ffmpeg === null ? null : rewritten(file, ffmpeg);
}

/** ffmpeg was killed too: what it had written is written again, as a file that is finished. */
async function rewritten(file: string, ffmpeg: string): Promise<number | null> {
  const made = `${file}.new`;
  const whitelist = ['-protocol_whitelist', 'file'];
  const input = ['-hide_banner', '-loglevel', 'error', '-nostdin', '-y', ...whitelist, '-f', 'matroska', '-i', `file:${file}`];
  const child = spawn(ffmpeg, [...input, '-c', 'copy', '-f', 'webm', `file:${made}`], { stdio: 'ignore', timeout: rewriteMs });
  const ended = await once(child, 'close').catch(() => null);
  const duration = ended && webmDuration(made);
  if (duration) renameSync(made, file);
  else rmSync(made, { force: true });
  return duration || null;
}
