/** The values that a job is given on the command line, and in files of secrets. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Console } from './console.ts';
import { CommandError } from './exit.ts';
import { readText } from './read-text.ts';

export type Values = Record<string, string>;

function add(values: Values, { name, value, from }: { name: string; value: string; from: string }): void {
  if (Object.hasOwn(values, name)) throw new CommandError(`${from}: \`${name}\` is given twice`);
  values[name] = value;
}

/** Objects without a prototype: `__proto__` is a name like others. */
const none = (): Values => Object.create(null) as Values;

/** `name=value` each; the value may be empty and may have further `=`. @throws CommandError */
export function parseInputs(pairs: readonly string[]): Values {
  const values = none();
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    const name = pair.slice(0, at).trim();
    if (at < 0 || name === '')
      throw new CommandError(`--input: “${pair}” has no name; write --input name=value, with quotes around it when there are spaces`);
    add(values, { name, value: pair.slice(at + 1), from: '--input' });
  }
  return values;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

function fromJson(text: string, file: string): Values {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // what the parser says would show a piece of the secrets
    throw new CommandError(`--secret-file ${file}: it begins like JSON but is none; write {"name": "value"}, or lines name=value`);
  }
  if (!isObject(parsed)) throw new CommandError(`--secret-file ${file}: the JSON must be an object as {"name": "value"}`);
  const values = none();
  for (const [name, value] of Object.entries(parsed)) {
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')
      throw new CommandError(`--secret-file ${file}: the value of \`${name}\` must be text`);
    add(values, { name, value: String(value), from: `--secret-file ${file}` });
  }
  return values;
}

const unquoted = (value: string): string => (/^(["']).*\1$/.test(value) && value.length > 1 ? value.slice(1, -1) : value);

function fromLines(text: string, file: string): Values {
  const values = none();
  for (const [index, raw] of text.split(/\r\n|\r|\n/).entries()) {
    const line = raw.trim().replace(/^export\s+/, '');
    if (line === '' || line.startsWith('#')) continue;
    const at = line.indexOf('=');
    // the line may be a secret itself
    if (at < 1) throw new CommandError(`--secret-file ${file}:${index + 1}: write name=value (or a comment that begins with #)`);
    add(values, { name: line.slice(0, at).trim(), value: unquoted(line.slice(at + 1).trim()), from: `--secret-file ${file}:${index + 1}` });
  }
  return values;
}

/**
 * JSON (`{"name": "value"}`), or lines `name=value`, as in a file `.env`: quotes around a value are taken off, nothing is replaced in it. `warn` is told of a file that
 * others can read. @throws CommandError; no message shows a value
 */
export async function readSecretFile(console: Console, file: string, warn: (text: string) => void): Promise<Values> {
  const text = await readText(console, file);
  const mode = file === '-' ? 0 : (await stat(resolve(console.cwd, file))).mode & 0o077;
  if (mode !== 0 && process.platform !== 'win32') warn(`other users of this machine can read ${file}: chmod 600 ${file}`);
  return text.trimStart().startsWith('{') ? fromJson(text, file) : fromLines(text, file);
}
