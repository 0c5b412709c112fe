/** The program that makes videos of pictures. It is no part of the installation: without it there is no video, and everything else works. */
import { spawn, type ChildProcess } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { setPriority } from 'node:os';
import { delimiter, join } from 'node:path';

/** Frames of a video in a second. */
export const framesPerSecond = 5;
export const withoutFfmpeg =
  'No video is recorded: ffmpeg is not installed on the machine of the browsers. Install it (on Debian and Ubuntu: apt-get install ffmpeg) and restart the host.';

const folders = ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin'];

/** @param path where it is looked for, as in PATH; empty: in the usual folders. @returns null when there is none */
export function findFfmpeg(path: string): string | null {
  const places = path === '' ? folders : path.split(delimiter).filter(Boolean);
  return places.map((place) => join(place, 'ffmpeg')).find(executable) ?? null;
}

function executable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Of every picture, in pixels; smaller and larger pictures are fitted into it. */
export type Size = { width: number; height: number };
const largest: Size = { width: 1920, height: 1200 };
const even = (length: number): number => Math.max(2, length - (length % 2));

/** What VP9 can encode: even, and not larger than what anybody watches. */
export function videoSize({ width, height }: Size): Size {
  const scale = Math.min(1, largest.width / width, largest.height / height);
  return { width: even(Math.floor(width * scale)), height: even(Math.floor(height * scale)) };
}

/**
 * Starts an encoder: JPEGs on stdin, each of which is a fifth of a second; a WebM that can be searched when stdin has ended. It is in a session of its own, so that it
 * finishes its file when the host is killed.
 */
export function startEncoder(ffmpeg: string, file: string, size: Size): ChildProcess {
  const child = spawn(ffmpeg, encoderArguments(file, size), { detached: true, stdio: ['pipe', 'ignore', 'pipe'] });
  if (child.pid !== undefined) lower(child.pid);
  return child;
}

const niceness = 10;

function lower(pid: number): void {
  try {
    setPriority(pid, niceness);
  } catch {
    // it has ended already, or the system does not allow it
  }
}

function encoderArguments(file: string, { width, height }: Size): string[] {
  const fitted = `scale=${width}:${height}:force_original_aspect_ratio=decrease:out_range=tv,pad=${width}:${height}:(ow-iw)/2:(oh-ih)/2,setsar=1,format=yuv420p`;
  return [
    ...['-hide_banner', '-nostats', '-loglevel', 'error', '-nostdin', '-y'],
    ...['-protocol_whitelist', 'pipe', '-f', 'mjpeg', '-framerate', String(framesPerSecond), '-threads', '1', '-i', 'pipe:0'],
    ...['-an', '-vf', fitted, '-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-row-mt', '1', '-threads', '2'],
    ...['-crf', '35', '-b:v', '0', '-g', '25', '-lag-in-frames', '0', '-f', 'webm', `file:${file}`],
  ];
}
