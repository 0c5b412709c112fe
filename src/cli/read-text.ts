/** Files that people name on the command line. */
import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Console } from './console.ts';
import { CommandError } from './exit.ts';

/** Far above every runbook, recording and table that can be carried out. */
const longest = 20_000_000;

const reasons: Record<string, string> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder; name a file',
  EACCES: 'you may not read it',
};

const because = (error: unknown): string => {
  const { code, message } = error as NodeJS.ErrnoException;
  return reasons[code ?? ''] ?? message;
};

async function readInput({ stdin }: Console): Promise<Buffer> {
  if (stdin.isTTY) throw new CommandError('- reads from standard input, and nothing is piped into it; name a file');
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stdin as AsyncIterable<Buffer | string>) {
    chunks.push(Buffer.from(chunk));
    length += chunk.length;
    if (length > longest) throw new CommandError(`standard input has more than ${longest / 1e6} MB`);
  }
  return Buffer.concat(chunks);
}

async function readNamed({ cwd }: Console, name: string): Promise<Buffer> {
  const path = resolve(cwd, name);
  try {
    const { size } = await stat(path);
    if (size > longest) throw new CommandError(`${name}: it has more than ${longest / 1e6} MB`);
    return await readFile(path);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(`${name}: ${because(error)}`, undefined, { cause: error });
  }
}

/** The text of a file, or of standard input for `-`. UTF-8, or UTF-16 that says so by its byte order mark. @throws CommandError that says what is wrong with it */
export async function readText(console: Console, name: string): Promise<string> {
  const bytes = name === '-' ? await readInput(console) : await readNamed(console, name);
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (error) {
    throw new CommandError(`${name}: it is no text in UTF-8; save it as UTF-8`, undefined, { cause: error });
  }
}
