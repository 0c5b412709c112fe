/** Rows as a JSON array, one row a line. */
import { Readable } from 'node:stream';
import { mask } from '../../domain/redact.ts';
import type { Redactor } from '../../domain/redact.ts';
import { masked } from './sealed.ts';

export const jsonOf = (rows: readonly unknown[], redact: Redactor): Readable =>
  Readable.from(chunksOf(rows, redact), { objectMode: false });

function* chunksOf(rows: readonly unknown[], redact: Redactor): Generator<Buffer> {
  if (rows.length === 0) yield Buffer.from('[]\n');
  for (const [index, row] of rows.entries()) {
    const line = JSON.stringify(redact.deep(masked(row, mask)));
    yield Buffer.from(`${index === 0 ? '[' : ','}\n${line}${index === rows.length - 1 ? '\n]\n' : ''}`);
  }
}
