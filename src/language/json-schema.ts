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

const shapes = [...helpOf.keys()];
const mark = 'x-shape';

/** Marks the shapes that have help: one JSON object may stand for several fields until the schema is finished. */
function refine({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodType; jsonSchema: Schema }): void {
  const filled = filledIn.get(zodSchema);
  if (filled && jsonSchema.required) jsonSchema.required = jsonSchema.required.filter((field) => !filled.includes(field));
  if (zodSchema === (Step as z.core.$ZodType)) jsonSchema.anyOf = ['action', 'loop', 'branches'].map((field) => ({ required: [field] }));
  const shape = shapes.indexOf(zodSchema as z.ZodType);
  if (shape >= 0) jsonSchema[mark] = shape;
}

function describe(schema: Schema, help: Readonly<Record<string, string>>): void {
  for (const [field, text] of Object.entries(help)) {
    const property = schema.properties?.[field];
    if (property && typeof property === 'object') property.description = text;
  }
}

/** Says of every field what it means, and takes the marks away. */
function describeAll(schema: Schema): void {
  const shape = shapes[Number(schema[mark] ?? -1)];
  Reflect.deleteProperty(schema, mark);
  if (shape) describe(schema, helpOf.get(shape) ?? {});
  for (const value of Object.values(schema)) if (typeof value === 'object' && value !== null) describeAll(value as Schema);
}

/** Draft 2020-12, of what people write: everything that has a default or is filled in is optional. Steps inside steps refer to `$defs`. */
export function runbookJsonSchema(): Record<string, unknown> {
  const made = z.toJSONSchema(Runbook, { target: 'draft-2020-12', io: 'input', reused: 'inline', cycles: 'ref', override: refine });
  const schema = JSON.parse(JSON.stringify(made)) as Schema;
  describeAll(schema);
  return {
    ...schema,
    $id: 'urn:understudy:runbook:1',
    title: 'Understudy runbook',
    description: 'Steps that are carried out in a real browser, as a durable job.',
  };
}
