import type { MemoryOperation } from '../../contract/runbook.ts';
import { figureName } from '../../domain/figure-name.ts';
import type { HostValue } from '../../host/protocol.ts';
import { StepFailure } from '../step-failure.ts';
import { asText } from './as-text.ts';
import { add, decimalOf, divide, isLess, textOf, type Decimal } from './decimal.ts';
import { opened } from './sealed.ts';

export type Aggregate = Extract<MemoryOperation, { type: 'aggregate' }>;
/** `row` counts from 1 */
type Cell = { row: number; data: unknown; sensitive: boolean };
type Named = { collection: string; field: string | undefined };

const longest = 1_000_000;

const variableOf = ({ collection, operation, outputVariable }: Aggregate): string => outputVariable ?? figureName(collection, operation);

/**
 * A figure about all rows, or about one field of them. Rows without the field, or with null in it, are left out. Of nothing, sum and the counts are 0, and the others the
 * empty text. Sensitive when any of it is.
 * @throws StepFailure `value_missing` for what is no number, or when no row has the field
 */
export function aggregate(operation: Aggregate, rows: readonly unknown[]): HostValue {
  const cells = cellsOf(operation, rows);
  const value = compute(operation, cells);
  if (value.length > longest)
    throw new StepFailure('value_missing', `The ${operation.operation} of ${operation.collection} is longer than ${longest} characters.`);
  return { name: variableOf(operation), value, sensitive: operation.operation !== 'count' && cells.some(({ sensitive }) => sensitive) };
}

function cellsOf({ collection, field }: Aggregate, rows: readonly unknown[]): Cell[] {
  const cells = rows.map((row, index) => {
    const { data, sensitive } = opened(row);
    return { row: index + 1, data: field === undefined ? data : fieldOf(data, field), sensitive };
  });
  const there = cells.filter(({ data }) => data !== undefined && data !== null);
  if (field === undefined || there.length > 0 || rows.length === 0) return there;
  throw new StepFailure('value_missing', `No row of ${collection} has the field ${field}.${fieldsThere(rows)}`);
}

const fieldOf = (data: unknown, field: string): unknown =>
  typeof data === 'object' && data !== null && Object.hasOwn(data, field) ? (data as Record<string, unknown>)[field] : undefined;

function fieldsThere(rows: readonly unknown[]): string {
  const { data } = opened(rows[0]);
  const fields = typeof data === 'object' && data !== null && !Array.isArray(data) ? Object.keys(data).slice(0, 10) : [];
  return fields.length > 0 ? ` The first row has ${fields.join(', ')}.` : ' Its rows are plain values: leave the field out.';
}

function compute({ operation, collection, field }: Aggregate, cells: readonly Cell[]): string {
  switch (operation) {
    case 'count':
      return String(cells.length);
    case 'unique_count':
      return String(new Set(cells.map(({ data }) => asText(data))).size);
    case 'concat':
      return cells.map(({ data }) => asText(data)).join(', ');
    default:
      return figure(
        operation,
        cells.map((cell) => numberOf(cell, { collection, field })),
      );
  }
}

function figure(operation: 'sum' | 'avg' | 'min' | 'max', numbers: readonly Decimal[]): string {
  const [first, ...others] = numbers;
  if (!first) return operation === 'sum' ? '0' : '';
  if (operation === 'min') return textOf(others.reduce((least, one) => (isLess(one, least) ? one : least), first));
  if (operation === 'max') return textOf(others.reduce((most, one) => (isLess(most, one) ? one : most), first));
  const sum = others.reduce(add, first);
  return textOf(operation === 'sum' ? sum : divide(sum, numbers.length));
}

function numberOf({ row, data, sensitive }: Cell, { collection, field }: Named): Decimal {
  const number = decimalOf(data);
  if (number) return number;
  const shown = sensitive ? 'sensitive' : asText(data) === '' ? 'empty' : `"${asText(data).slice(0, 80)}"`;
  const which = `row ${row} of ${collection}${field === undefined ? '' : `, field ${field},`}`;
  throw new StepFailure('value_missing', `The value of ${which} is no number: it is ${shown}.${remedyFor(data, field)}`);
}

const remedyFor = (data: unknown, field: string | undefined): string =>
  typeof data === 'object' && field === undefined && !Array.isArray(data)
    ? ` Say which field: ${Object.keys(data ?? {})
        .slice(0, 10)
        .join(', ')}.`
    : '';
