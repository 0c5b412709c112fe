/** Processes of the machine, by /proc (Linux). Elsewhere nothing is found, and nothing is killed. */
import { readFileSync } from 'node:fs';

/** A zombie is not alive, although signals reach it. */
export function isAlive(pid: number): boolean {
  const stat = read(`/proc/${pid}/stat`);
  // the name, in parentheses, may hold anything; the state follows it
  return stat !== null && !['Z', 'X'].includes(stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3));
}

export const commandLine = (pid: number): string[] => (read(`/proc/${pid}/cmdline`) ?? '').split('\0').filter(Boolean);

/** The profile folder of a Chromium. */
export function profileOf(pid: number): string | null {
  const flag = '--user-data-dir=';
  return commandLine(pid).find((argument) => argument.startsWith(flag))?.slice(flag.length) ?? null;
}

/** Chromium leads a process group of its own; renderers and helpers are in it. */
export function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
