/** The runbook language as JSON Schema, for editors. */
import { z } from 'zod';
import { Runbook, Step } from '../contract/runbook.ts';
import { helpOf } from './field-help.ts';

type Schema = z.core.JSONSchema.BaseSchema;

/** The parser fills these in when they are missing. */
const filledIn = new Map<z.core.$ZodType, readonly string[]>([
  [Runbook, ['settings']],
  [Step, ['id', 'ordinal', 'description', 'action']],
]);

function describeFields(type: z.core.$ZodType, schema: Schema): void {
  for (const [field, help] of Object.entries(helpOf.get(type as z.ZodType) ?? {})) {
    const property = schema.properties?.[field];
    if (property && typeof property === 'object') property.description = help;
  }
}

function refine({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodType; jsonSchema: Schema }): void {
  const filled = filledIn.get(zodSchema);
  if (filled && jsonSchema.required) jsonSchema.required = jsonSchema.required.filter((field) => !filled.includes(field));
  if (zodSchema === (Step as z.core.$ZodType)) jsonSchema.anyOf = ['action', 'loop', 'branches'].map((field) => ({ required: [field] }));
  describeFields(zodSchema, jsonSchema);
}

/** Draft 2020-12, of what people write: everything that has a default or is filled in is optional. Steps inside steps refer to `$defs`. */
export function runbookJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(Runbook, { target: 'draft-2020-12', io: 'input', reused: 'inline', cycles: 'ref', override: refine });
  return {
    ...schema,
    $id: 'urn:understudy:runbook:1',
    title: 'Understudy runbook',
    description: 'Steps that are carried out in a real browser, as a durable job.',
  };
}
