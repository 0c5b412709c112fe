/** How long a WebM is, by its head. */
import { closeSync, openSync, readSync } from 'node:fs';

/** `Duration`, eight bytes long, as ffmpeg writes it when a file is finished: a float64 in ms (the default scale of WebM) */
const durationTag = Buffer.from([0x44, 0x89, 0x88]);
const headBytes = 4096;

/** In ms; null: the file is not there, is no WebM, or was never finished. */
export function webmDuration(file: string): number | null {
  const head = headOf(file);
  const at = head?.indexOf(durationTag) ?? -1;
  if (!head || at < 0 || at + durationTag.length + 8 > head.length) return null;
  const duration = head.readDoubleBE(at + durationTag.length);
  return Number.isFinite(duration) && duration > 0 ? Math.round(duration) : null;
}

function headOf(file: string): Buffer | null {
  try {
    const fd = openSync(file, 'r');
    try {
      const head = Buffer.alloc(headBytes);
      return head.subarray(0, readSync(fd, head, 0, headBytes, 0));
    } finally {
      closeSync(fd);
    }
  } catch {
    return null;
  }
}
