/** Processes of the machine, by /proc (Linux). Elsewhere nothing is found, and nothing is killed. */
import { readFileSync } from 'node:fs';

/** A zombie is not alive, although signals reach it. */
export function isAlive(pid: number): boolean {
  const [state] = statusOf(pid);
  return state !== undefined && state !== 'Z' && state !== 'X';
}

/** In clock ticks since the machine started; null when there is no such process. */
export const startTimeOf = (pid: number): string | null => statusOf(pid)[19] ?? null;

export const commandLine = (pid: number): string[] => (read(`/proc/${pid}/cmdline`) ?? '').split('\0').filter(Boolean);

/** The profile folder of a Chromium. */
export function profileOf(pid: number): string | null {
  const flag = '--user-data-dir=';
  return (
    commandLine(pid)
      .find((argument) => argument.startsWith(flag))
      ?.slice(flag.length) ?? null
  );
}

/** Chromium leads a process group of its own; renderers and helpers are in it. */
export function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** The fields of /proc/<pid>/stat from the state on; the name before it, in parentheses, may hold anything. */
function statusOf(pid: number): string[] {
  const stat = read(`/proc/${pid}/stat`);
  return stat === null ? [] : stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
