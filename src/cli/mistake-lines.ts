/** Mistakes as compilers tell them, so that editors and terminals find the place. */
import type { RunbookMistake } from '../contract/runbook.ts';
import { plain, type Paint } from './console.ts';
import type { RunbookText } from './runbook-text.ts';

type Shown = { mistake: RunbookMistake; isError: boolean; name: string; lines: string[] };
type Drawing = { paint: Paint; /** the line of the source and a caret below each */ carets: boolean; columns: number };

const tab = '  ';

/** The source line, cut around the place, and a caret below it. */
function excerpt({ mistake: { line, column }, lines }: Shown, { paint, columns }: Drawing): string[] {
  const text = lines[line - 1];
  if (text === undefined || text.trim() === '') return [];
  const room = Math.max(30, columns - 12);
  const from = Math.max(0, Math.min(column - 1 - Math.floor(room / 2), text.length - room));
  const visible = (part: string): string => part.replaceAll('\t', tab).replace(/[\p{Cc}\p{Cf}]/gu, '?');
  const number = String(line).padStart(5);
  const caret = ' '.repeat(visible(text.slice(from, column - 1)).length);
  return [
    `${paint('dim', `${number} |`)} ${visible(text.slice(from, from + room))}`,
    `${paint('dim', `${' '.repeat(5)} |`)} ${caret}${paint('red', '^')}`,
  ];
}

function lineOf(shown: Shown, drawing: Drawing): string[] {
  const { mistake, isError, name } = shown;
  const { paint } = drawing;
  const kind = isError ? paint('red', 'error:') : paint('yellow', 'warning:');
  const path = mistake.path === '' ? '' : paint('dim', ` (${plain(mistake.path, 200)})`);
  return [
    `${paint('bold', `${name}:${mistake.line}:${mistake.column}:`)} ${kind} ${plain(mistake.message, 1_000)}${path}`,
    ...(drawing.carets ? excerpt(shown, drawing) : []),
  ];
}

/** `file:line:column: error: message (path)`, in the order of the text. `name`: of the file. */
export function mistakeLines({ remarks }: RunbookText, name: string, drawing: Drawing): string[] {
  return remarks.flatMap(({ of, text, errors, warnings }) => {
    const lines = text.split(/\r\n|\r|\n/);
    const called = of === 'translation' ? `${name} (as a runbook)` : name;
    const all = [...errors.map((mistake) => ({ mistake, isError: true })), ...warnings.map((mistake) => ({ mistake, isError: false }))];
    return all
      .sort((a, b) => a.mistake.line - b.mistake.line || a.mistake.column - b.mistake.column)
      .flatMap((one) => lineOf({ ...one, name: called, lines }, drawing));
  });
}
