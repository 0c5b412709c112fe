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
