import { largestImport } from '../components/runbook/source/recording.ts';

export type Imported = { text: string } | { text?: undefined; error: string };

const readable = /\.(json|ya?ml|txt)$/i;

/** The text of a file that is meant to become a runbook; or why it cannot. */
export async function readImport(file: Pick<File, 'name' | 'size' | 'text'>): Promise<Imported> {
  if (!readable.test(file.name)) return { error: `“${file.name}” is neither a runbook (.yaml) nor a recording (.json)` };
  if (file.size > largestImport) return { error: `“${file.name}” has ${Math.ceil(file.size / 1024)} KiB; at most 512 KiB can be imported` };
  const text = await file.text().catch(() => undefined);
  if (text === undefined) return { error: `“${file.name}” could not be read` };
  if (text.trim() === '') return { error: `“${file.name}” is empty` };
  return text.includes('\u0000') ? { error: `“${file.name}” is not a text` } : { text };
}
