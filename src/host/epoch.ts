/** The fencing number of the worker in charge, kept over restarts of the host: an old worker's number must never be valid again. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';

export type Epoch = { readonly value: number; raise(): number };

/** Starts one above what the file says, so that every attempt from before the restart is dead. */
export function openEpoch(file: string): Epoch {
  let value = stored(file);
  const raise = (): number => {
    writeFileSync(`${file}.new`, String(value + 1), { mode: 0o600 });
    renameSync(`${file}.new`, file);
    value += 1;
    return value;
  };
  raise();
  return {
    get value() {
      return value;
    },
    raise,
  };
}

function stored(file: string): number {
  try {
    return Number.parseInt(readFileSync(file, 'utf8'), 10) || 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}
