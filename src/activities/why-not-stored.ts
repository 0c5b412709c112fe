/** Why a file or a proof could not be kept, in words that people read. */
import { NotStored, type WhyNotStored } from '../artifacts/store.ts';
import { NotListed } from './list-artifact.ts';

const words: Record<WhyNotStored, string> = {
  no_space: 'the disk is full',
  unwritable: 'the folder of artifacts cannot be written',
  too_large: 'it is larger than a file may be',
};

/** Without the error's own message: that names folders of the server, and is another one for each file, so that nothing could be counted together. It belongs into the log. */
export function whyNotStored(error: unknown): string {
  if (error instanceof NotListed) return error.message;
  if (error instanceof NotStored) return words[error.code];
  const { code } = (error ?? {}) as { code?: unknown };
  return `the store gave an error${typeof code === 'string' ? ` (${code})` : ''}`;
}

const again = 'The page is not at fault, the step got as far as its file: run the job again from this step afterwards.';
const hints: Record<WhyNotStored, string> = {
  no_space: `Make room on the disk where Understudy keeps its artifacts. ${again}`,
  unwritable: `Let the browser worker write into the folder of artifacts (the folder artifacts in UNDERSTUDY_HOME). ${again}`,
  too_large: 'Files of this size are not kept. Let the step fetch less at once: a shorter time, one part after the other.',
};

/** What a person can do about it. */
export function hintNotStored(error: unknown): string {
  if (error instanceof NotListed) return `See that Postgres runs and has room. ${again}`;
  if (error instanceof NotStored) return hints[error.code];
  return `See the log of the browser worker: it says what the disk with the artifacts answered. ${again}`;
}
