/** What the parts say: to files, bounded, and short and readable to the terminal. */
import { createWriteStream, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';

const LARGEST_BYTES = 5_000_000;
const LEVELS = /** @type {Record<number, string>} */ ({ 10: 'trace', 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' });
const COLOURS = [36, 35, 34, 32, 33, 96, 95, 94];
/** their chatter goes to their file alone; what matters of it is told apart by these words */
const QUIET = new Set(['postgres', 'temporal']);
const MATTERS = /\b(FATAL|PANIC|ERROR|error|panic|fatal)\b/;

/** @typedef {(line: string) => void} Write */

/**
 * @param {string} folder
 * @param {string} name of the part
 * @returns {Write} takes a line of the part's output
 */
export function createPartLog(folder, name) {
  const file = boundedFile(join(folder, `${name}.log`));
  const prefix = colour(name.padEnd(12), COLOURS[hash(name) % COLOURS.length] ?? 36);
  return (line) => {
    file(line);
    const text = humanLine(line, QUIET.has(name));
    if (text !== null) console.log(`${prefix} ${text}`);
  };
}

/**
 * At most two files of 5 MB: the newest lines, and the ones before.
 * @param {string} path
 * @returns {Write}
 */
export function boundedFile(path, largest = LARGEST_BYTES) {
  let size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  let stream = createWriteStream(path, { flags: 'a', mode: 0o600 });
  stream.on('error', () => {});
  return (line) => {
    if (size > largest) {
      stream.end();
      renameSync(path, `${path}.1`);
      stream = createWriteStream(path, { flags: 'a', mode: 0o600 });
      stream.on('error', () => {});
      size = 0;
    }
    size += Buffer.byteLength(line) + 1;
    stream.write(`${line}\n`);
  };
}

/**
 * @param {string} line one line of output: pino's JSON, or anything
 * @param {boolean} quiet only what sounds like an error
 * @returns {string | null} null: nothing for the terminal
 */
export function humanLine(line, quiet = false) {
  const entry = parse(line);
  if (entry) return printable(humanEntry(entry));
  return line.trim() === '' || (quiet && !MATTERS.test(line)) ? null : printable(line);
}

/** what every entry has, or what is said in another way */
const SHOWN = new Set(['level', 'time', 'name', 'msg', 'err', 'pid', 'hostname']);

/** @param {Record<string, unknown>} entry */
function humanEntry(entry) {
  const level = LEVELS[Number(entry.level)] ?? 'info';
  const parts = [
    typeof entry.time === 'number' ? new Date(entry.time).toTimeString().slice(0, 8) : '',
    level === 'info' ? '' : level.toUpperCase(),
    String(entry.msg ?? ''),
  ];
  if (entry.err instanceof Object && 'message' in entry.err) parts.push(String(entry.err.message));
  for (const [key, value] of Object.entries(entry))
    if (!SHOWN.has(key)) parts.push(`${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return parts.filter((part) => part !== '').join(' ');
}

/**
 * @param {string} line
 * @returns {Record<string, unknown> | null}
 */
function parse(line) {
  if (!line.startsWith('{')) return null;
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/** Log lines quote what pages say: no control character of theirs but the tabulator reaches the terminal. @param {string} text */
const printable = (text) => text.replace(/(?!\t)\p{Cc}/gu, '').slice(0, 600);

/** @param {string} text */
const hash = (text) => [...text].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) >>> 0, 7);

/**
 * @param {string} text
 * @param {number} code
 */
const colour = (text, code) => (process.stdout.isTTY && !process.env.NO_COLOR ? `\u001b[${code}m${text}\u001b[0m` : text);
