/** Names of files that a runbook gives: they stay inside the job's own folder. */
import type { Mistakes, Path } from './mistakes.ts';

const longest = 255;

const isControl = (code: number): boolean => code < 0x20 || code === 0x7f;

/** What is wrong with the name, or undefined. Parts in `{{ }}` are checked again when their values are known. */
export function fileNameMistake(name: string): string | undefined {
  if (name.trim() === '') return 'must not be empty; remove it or fill it in';
  if (name.length > longest) return `must have at most ${longest} characters; shorten it`;
  if ([...name].some((c) => isControl(c.charCodeAt(0)))) return 'has control characters (line ends, say) in it; remove them';
  if (/^(?:[\\/~]|[A-Za-z]:)/.test(name))
    return 'must be a name, not a place on this machine: the file is kept with the job; remove what leads to it';
  if (name.split(/[\\/]/).includes('..')) return 'must not lead upwards (`..`): the file is kept with the job; write its name';
  return undefined;
}

export function checkFileName(name: unknown, path: Path, mistakes: Mistakes): void {
  const message = typeof name === 'string' ? fileNameMistake(name) : undefined;
  if (message) mistakes.add(path, message);
}
