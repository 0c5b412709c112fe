/** Binds handlers to the table of routes: the path, the method, what is validated and the status come from there. */
import { Router, type Request, type RequestHandler, type Response } from 'express';
import type { z } from 'zod';
import { routes, type RouteName } from '../contract/routes.ts';
import { ApiProblem, fieldErrors } from './problem.ts';

type Table = typeof routes;
type Part<N extends RouteName, P extends 'params' | 'query' | 'body'> =
  Table[N] extends Record<P, infer S extends z.ZodType> ? z.output<S> : undefined;
export type Parsed<N extends RouteName> = {
  params: Part<N, 'params'>;
  query: Part<N, 'query'>;
  body: Part<N, 'body'>;
  req: Request;
  res: Response;
};
type Answer<N extends RouteName> = Table[N] extends { response: infer S extends z.ZodType } ? z.input<S> : void;
/** Gives the answer, or (for `produces` routes) writes it to `res` itself. */
export type Handler<N extends RouteName> = (parsed: Parsed<N>) => Promise<Answer<N>> | Answer<N>;
export type Handlers = { [N in RouteName]: Handler<N> };

/** Postgres stores neither NUL nor lone surrogates; ids that hold them exist nowhere. */
const unstorable = /\0|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** Not recursive: a body may be nested deeper than the stack. */
function refuseUnstorable(value: unknown, place: string): void {
  const rest: unknown[] = [value];
  for (let item = rest.pop(); rest.length > 0 || item !== undefined; item = rest.pop()) {
    if (typeof item === 'string' && unstorable.test(item)) {
      throw new ApiProblem('invalid_request', `the ${place} holds a character that is not text (NUL or half of a surrogate pair)`);
    }
    if (typeof item === 'object' && item !== null) for (const [key, inner] of Object.entries(item)) rest.push(key, inner ?? '');
  }
}

function parse(schema: z.ZodType | undefined, value: unknown, place: 'params' | 'query' | 'body'): unknown {
  if (!schema) return undefined;
  refuseUnstorable(value, place);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  if (place === 'params') throw new ApiProblem('not_found', 'there is nothing of that name');
  const errors = fieldErrors(parsed.error, place);
  throw new ApiProblem(
    'invalid_request',
    `the ${place} is not valid: ${errors
      .map((e) => `${e.path}: ${e.message}`)
      .join('; ')
      .slice(0, 1_000)}`,
    { errors },
  );
}

function toMiddleware(name: RouteName, handler: (parsed: Parsed<RouteName>) => unknown): RequestHandler {
  const route: { params?: z.ZodType; query?: z.ZodType; body?: z.ZodType; status: number; response?: z.ZodType; produces?: string } =
    routes[name];
  return async (req, res) => {
    const params = parse(route.params, req.params, 'params');
    const query = parse(route.query, { ...req.query }, 'query');
    const body = parse(route.body, (req.body as unknown) ?? {}, 'body');
    res.status(route.status);
    // a stream without a body would never end
    if (req.method === 'HEAD' && route.produces === 'text/event-stream') return void res.type(route.produces).end();
    const answer = await handler({ params, query, body, req, res } as Parsed<RouteName>);
    if (route.response) res.json(answer);
  };
}

const expressPath = (path: string): string => path.replace(/\{(\w+)\}/g, ':$1');

/** All routes of the table; fixed paths before those with parameters. Another method on a known path is 405 with `Allow`. */
export function createRouter(handlers: Handlers): Router {
  const router = Router({ caseSensitive: true });
  const names = (Object.keys(routes) as RouteName[]).sort(
    (a, b) => Number(routes[a].path.includes('{')) - Number(routes[b].path.includes('{')),
  );
  for (const name of names) {
    router[routes[name].method](
      expressPath(routes[name].path),
      toMiddleware(name, handlers[name] as (parsed: Parsed<RouteName>) => unknown),
    );
  }
  for (const path of new Set(names.map((name) => routes[name].path))) {
    const methods = names.filter((name) => routes[name].path === path).map((name) => routes[name].method.toUpperCase());
    const allow = methods.includes('GET') ? [...methods, 'HEAD'] : methods;
    router.all(expressPath(path), (req, res) => {
      res.setHeader('Allow', allow.join(', '));
      throw new ApiProblem('method_not_allowed', `${req.method} is not possible here; allowed: ${allow.join(', ')}`);
    });
  }
  return router;
}
