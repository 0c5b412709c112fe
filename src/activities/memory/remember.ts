/** A step's memory operations, after its captures. */
import type { CapturedValue } from '../../contract/job.ts';
import type { MemoryOperation } from '../../contract/runbook.ts';
import type { Appended, HostValue } from '../../host/protocol.ts';
import { asShown } from '../captures.ts';
import { StepFailure } from '../step-failure.ts';
import { aggregate } from './aggregate.ts';
import { rowsOf, type Appending } from './append.ts';

export type Remembering = Appending & {
  /** how many characters of JSON may still be appended */
  room: number;
  /** the rows that a collection had before this step */
  rows: (collection: string) => Promise<unknown[]>;
};
export type Remembered = { appends: Appended[]; kept: HostValue[]; shown: CapturedValue[] };

/**
 * In order: an aggregate sees what was appended before it. Nothing is there for others before the step is done.
 * @throws StepFailure `value_missing`, `action_failed` when the collections are full
 */
export async function remember(operations: readonly MemoryOperation[], remembering: Remembering): Promise<Remembered> {
  const { values, redact } = remembering;
  const pending = new Map<string, unknown[]>();
  const kept: HostValue[] = [];
  for (const operation of operations) {
    const { collection } = operation;
    if (operation.type === 'append') {
      pending.set(collection, [...(pending.get(collection) ?? []), ...rowsOf(operation, remembering)]);
      continue;
    }
    const figure = aggregate(operation, [...(await remembering.rows(collection)), ...(pending.get(collection) ?? [])]);
    const sensitive = figure.sensitive || values.isSensitive(figure.name) || redact(figure.value) !== figure.value;
    const value = { ...figure, sensitive };
    values.set(value);
    kept.push(value);
  }
  const appends = [...pending].map(([collection, rows]) => ({ collection, rows }));
  if (appends.length > 0 && JSON.stringify(appends).length > remembering.room) throw full(remembering.room);
  return { appends, kept, shown: kept.map(asShown) };
}

const full = (room: number): StepFailure =>
  new StepFailure(
    'action_failed',
    `There is no room for these rows: the collections of this job may still grow by ${room} characters. Append only what is needed later, or export and go on in another job.`,
  );
