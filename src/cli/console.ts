/** Where the command reads and writes, and how its texts are drawn there. */
import type { Readable, Writable } from 'node:stream';

export type Output = Writable & { isTTY?: boolean; columns?: number };

/** All that the command knows of the world around it. The root takes it from the process; so that tests can have their own. */
export type Console = {
  stdin: Readable & { isTTY?: boolean };
  stdout: Output;
  stderr: Output;
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  /** the folder of the installation, where `.understudy` may be */
  home: string;
  /** calls back at Ctrl-C and when the process is asked to end; gives what takes the listener away */
  onInterrupt(listener: () => void): () => void;
};

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';
export type Paint = (style: Style, text: string) => string;

const codes: Record<Style, [on: number, off: number]> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
};

const isSet = (value: string | undefined): boolean => value !== undefined && value !== '';

/** Colours for terminals. NO_COLOR (https://no-color.org) and TERM=dumb switch them off, FORCE_COLOR on. */
export function painter({ isTTY }: Output, env: Console['env']): Paint {
  const forced = isSet(env['FORCE_COLOR']) && env['FORCE_COLOR'] !== '0';
  const coloured = !isSet(env['NO_COLOR']) && env['FORCE_COLOR'] !== '0' && (forced || (isTTY === true && env['TERM'] !== 'dumb'));
  return (style, text) => (coloured ? `\u001b[${codes[style][0]}m${text}\u001b[${codes[style][1]}m` : text);
}

/**
 * Texts of runbooks and pages on one line, at most `length` characters. What could move the cursor, change colours or turn the reading direction is taken out: a page must
 * not write into somebody's terminal.
 */
export function plain(text: string, length = 200): string {
  const line = text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .replace(/[\p{Cf}\p{Co}\p{Cs}]/gu, '')
    .trim();
  const characters = [...line];
  return characters.length > length ? `${characters.slice(0, length - 1).join('')}…` : line;
}

const wide = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\uff01-\uff60\u3000-\u303f]/u;
const none = /[\p{Mn}\p{Me}]/u;
const widthOf = (character: string): number => (none.test(character) ? 0 : wide.test(character) ? 2 : 1);

/** Columns that the text takes in a terminal. */
export const columnsOf = (text: string): number => [...text].reduce((sum, character) => sum + widthOf(character), 0);

/** The text cut to so many columns. */
export function fit(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  let taken = 0;
  let cut = '';
  for (const character of text) {
    taken += widthOf(character);
    if (taken > columns - 1) return `${cut}…`;
    cut += character;
  }
  return cut;
}

export const writeLine = (output: Output, line: string): void => void output.write(`${line}\n`);
