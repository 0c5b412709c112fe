import { basename } from 'node:path';
import type { StepHandler } from '../step-context.ts';
import { csvOf } from '../memory/csv.ts';
import { jsonOf } from '../memory/json.ts';

type Format = 'csv' | 'json';

const formats = {
  csv: { type: 'text/csv', write: csvOf },
  json: { type: 'application/json', write: jsonOf },
} as const;

const longestName = 200;

/**
 * Writes a collection into a file among the job's artifacts. The format is the step's, else what `path` ends with, else CSV; of `path` only the file's name counts. A
 * collection without rows gives a file without rows. What is sensitive is masked.
 */
export const exportCollection: StepHandler<'export'> = async (action, context) => {
  const path = action.path === undefined ? '' : await context.fill(action.path);
  await context.confirmPage();
  const format = action.format ?? (/\.json$/i.test(path.trim()) ? 'json' : 'csv');
  const { type, write } = formats[format];
  const name = context.redact(fileName(context.redact(path), { collection: action.exportCollection, format }));
  const rows = await context.collection(action.exportCollection);
  const file = await context.keepFile({ kind: 'export', name, type, stream: write(rows, context.redact) }, context.waiting);
  return { files: [file] };
};

/** Of a path from anywhere only the last part, with an ending. Control characters would let a name look like another one. */
function fileName(path: string, { collection, format }: { collection: string; format: Format }): string {
  const last = basename(path.trim().replaceAll('\\', '/'))
    .replace(/[\p{C}<>:"|?*]/gu, '_')
    .replace(/^\.+/, '');
  const name = last === '' ? collection : last;
  return /\.[A-Za-z0-9]{1,10}$/.test(name) && last !== '' ? name.slice(-longestName) : `${name.slice(0, longestName)}.${format}`;
}
