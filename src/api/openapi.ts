/** OpenAPI 3.1, generated from the table of routes. The copy in openapi.json is committed; a test finds drift. */
import { z } from 'zod';
import { Problem } from '../contract/error.ts';
import { routes } from '../contract/routes.ts';

type Route = {
  method: string; path: string; summary: string; params?: z.ZodType; query?: z.ZodType; body?: z.ZodType;
  status: number; response?: z.ZodType; produces?: string; headers?: Record<string, string>;
};
type Json = Record<string, unknown>;

const schemaOf = (type: z.ZodType, io: 'input' | 'output'): Json => {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(type, { target: 'draft-2020-12', io, unrepresentable: 'any', reused: 'inline' }) as Json;
  return schema;
};

function parameters(type: z.ZodType | undefined, place: 'path' | 'query'): Json[] {
  if (!type) return [];
  const { properties = {}, required = [] } = schemaOf(type, 'input') as { properties?: Record<string, Json>; required?: string[] };
  return Object.entries(properties).map(([name, schema]) => ({ name, in: place, required: place === 'path' || required.includes(name), schema }));
}

const headerParameters = (headers: Record<string, string> = {}): Json[] =>
  Object.entries(headers).map(([name, description]) => ({ name, in: 'header', required: false, description, schema: { type: 'string' } }));

function answer(route: Route): Json {
  if (route.response) return { description: route.summary, content: { 'application/json': { schema: schemaOf(route.response, 'output') } } };
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
    info: { title: 'Understudy', version, description: 'Durable browser runbooks. Errors are application/problem+json (RFC 9457) with a `code`.' },
    paths,
    components: {
      securitySchemes: { apiKey: { type: 'http', scheme: 'bearer', description: 'the content of <UNDERSTUDY_HOME>/api-key; the console itself needs none' } },
      responses: { Problem: { description: 'An error', content: { 'application/problem+json': { schema: schemaOf(Problem, 'output') } } } },
    },
  };
}
