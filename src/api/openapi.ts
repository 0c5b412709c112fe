/** OpenAPI 3.1, generated from the table of routes. The copy in openapi.json is committed; a test finds drift. */
import { z } from 'zod';
import * as approvals from '../contract/approval.ts';
import { Outcome } from '../contract/command.ts';
import * as errors from '../contract/error.ts';
import * as events from '../contract/event.ts';
import * as jobs from '../contract/job.ts';
import * as artifact from '../contract/artifact.ts';
import * as library from '../contract/library.ts';
import * as lists from '../contract/lists.ts';
import * as report from '../contract/report.ts';
import { routes, type Route } from '../contract/routes.ts';
import * as runbooks from '../contract/runbook.ts';
import * as start from '../contract/start.ts';
import * as system from '../contract/system.ts';

type Json = Record<string, unknown>;

const componentsUri = (id: string): string => `#/components/schemas/${id}`;
/** What has a name in the contract has the same name here; requests stand where they are used. */
const exported: [string, unknown][] = Object.entries({
  ...approvals,
  Outcome,
  ...errors,
  ...events,
  ...jobs,
  ...runbooks,
  ...artifact,
  ...library,
  ...lists,
  ...report,
  ...start,
  ...system,
});
const named = exported.filter((entry): entry is [string, z.ZodType] => entry[1] instanceof z.ZodType && !/(Query|Body)$/.test(entry[0]));
const nameOf = new Map(named.map(([name, type]) => [type, name]));

const options = {
  target: 'draft-2020-12',
  unrepresentable: 'any',
  /** zod writes the bounds of safe integers, which only says what numbers are */
  override({ jsonSchema }: { jsonSchema: { minimum?: number; maximum?: number } }): void {
    if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
    if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  },
} as const;

/** Values as they are answered: defaults are filled in. */
function componentSchemas(): Json {
  const registry = z.registry<{ id: string }>();
  for (const [id, type] of named) registry.add(type, { id });
  const { schemas } = z.toJSONSchema(registry, { ...options, io: 'output', uri: componentsUri });
  return Object.fromEntries(Object.entries(schemas).map(([id, { $schema: _dialect, $id: _id, ...schema }]) => [id, schema]));
}

const answered = (type: z.ZodType): Json => {
  const name = nameOf.get(type);
  return name ? { $ref: componentsUri(name) } : schemaOf(type, 'output');
};

const schemaOf = (type: z.ZodType, io: 'input' | 'output'): Json => {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(type, { ...options, io }) as Json;
  return schema;
};

function parameters(type: z.ZodType | undefined, place: 'path' | 'query'): Json[] {
  if (!type) return [];
  const { properties = {}, required = [] } = schemaOf(type, 'input') as { properties?: Record<string, Json>; required?: string[] };
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema,
  }));
}

const headerParameters = (headers: Record<string, string> = {}): Json[] =>
  Object.entries(headers).map(([name, description]) => ({ name, in: 'header', required: false, description, schema: { type: 'string' } }));

function answer(route: Route): Json {
  if (route.response) return { description: route.summary, content: { 'application/json': { schema: answered(route.response) } } };
  return { description: route.summary, content: { [route.produces ?? 'application/octet-stream']: {} } };
}

function operation(name: string, route: Route): Json {
  return {
    operationId: name,
    summary: route.summary,
    parameters: [...parameters(route.params, 'path'), ...parameters(route.query, 'query'), ...headerParameters(route.headers)],
    ...(route.body ? { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(route.body, 'input') } } } } : {}),
    ...(route.method === 'get' ? {} : { security: [{ apiKey: [] }] }),
    responses: { [route.status]: answer(route), default: { $ref: '#/components/responses/Problem' } },
  };
}

/** The document that `/api/openapi.json` answers. */
export function createOpenApi(version: string): Json {
  const paths: Record<string, Json> = {};
  for (const [name, route] of Object.entries(routes)) {
    paths[route.path] = { ...paths[route.path], [route.method]: operation(name, route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Understudy',
      version,
      description: 'Durable browser runbooks. Errors are application/problem+json (RFC 9457) with a `code`.',
    },
    paths,
    components: {
      schemas: componentSchemas(),
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer', description: 'the content of <UNDERSTUDY_HOME>/api-key; the console itself needs none' },
      },
      responses: { Problem: { description: 'An error', content: { 'application/problem+json': { schema: answered(errors.Problem) } } } },
    },
  };
}
