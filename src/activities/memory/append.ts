import type { MemoryOperation } from '../../contract/runbook.ts';
import type { HostValue } from '../../host/protocol.ts';
import { StepFailure } from '../step-failure.ts';
import type { Values } from '../values.ts';
import { sealed } from './sealed.ts';

export type Append = Extract<MemoryOperation, { type: 'append' }>;
export type Appending = {
  /** what this step has captured, in order */
  captured: readonly HostValue[];
  /** what this step has extracted */
  extracted: HostValue | undefined;
  values: Values;
  redact: (text: string) => string;
};

/**
 * The rows that an append adds. With a `source`: each item of a JSON list, a JSON object as a row, anything else as a text. Without: one row of what the step
 * has captured; when it captures nothing, what it has extracted counts as the source.
 * @throws StepFailure `value_missing`
 */
export function rowsOf({ source, collection }: Append, { captured, extracted, values, redact }: Appending): unknown[] {
  if (source !== undefined) {
    const text = values.get(source);
    if (text === undefined) throw new StepFailure('value_missing', `There is no value named ${source} to add to ${collection}.`);
    return itemsOf(text, values.isSensitive(source) || redact(text) !== text);
  }
  if (captured.length > 0)
    return [Object.fromEntries(captured.map(({ name, value, sensitive, json }) => [name, cell({ value, sensitive, json })]))];
  if (extracted) return itemsOf(extracted.value, extracted.sensitive);
  const remedy = 'Name a value as its source, or let the step capture something.';
  throw new StepFailure('value_missing', `There is nothing to add to ${collection}: the step captures nothing. ${remedy}`);
}

function cell({ value, sensitive, json }: Pick<HostValue, 'value' | 'sensitive' | 'json'>): unknown {
  const data = json ? (JSON.parse(value) as unknown) : value;
  return sensitive ? sealed(data) : data;
}

/** A number or a word is a text, though it is JSON too: what people see is what is added. */
function itemsOf(text: string, sensitive: boolean): unknown[] {
  const data = /^\s*[[{]/.test(text) ? parsed(text) : text;
  const items: unknown[] = Array.isArray(data) ? data : [data];
  return sensitive ? items.map(sealed) : items;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
