/** The runbook language as JSON Schema, for editors. */
import { z } from 'zod';
import { Runbook } from '../contract/runbook.ts';

type Schema = Record<string, unknown> & {
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  oneOf?: Schema[];
  anyOf?: Schema[];
};

/** The parser fills these in when they are missing. */
const filledIn = new Map<string, readonly string[]>([
  ['runbook', ['settings']],
  ['step', ['id', 'ordinal', 'description']],
]);

function makeOptional(schema: Schema | undefined, fields: readonly string[]): void {
  if (schema?.required) schema.required = schema.required.filter((field) => !fields.includes(field));
}

/** Draft 2020-12, of what people write: everything that has a default or is filled in is optional. */
export function runbookJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(Runbook, { target: 'draft-2020-12', io: 'input', reused: 'inline' }) as Schema;
  makeOptional(schema, filledIn.get('runbook') ?? []);
  makeOptional(schema.properties?.['steps']?.items, filledIn.get('step') ?? []);
  return {
    ...schema,
    $id: 'urn:understudy:runbook:1',
    title: 'Understudy runbook',
    description: 'Steps that are carried out in a real browser, as a durable job.',
  };
}
