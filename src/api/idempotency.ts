/** The header with which a client makes the repetition of a request harmless. */
import { ApiProblem } from './problem.ts';

/** @throws ApiProblem invalid_request */
export function idempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (/^[\x21-\x7e ]{1,200}$/.test(header)) return header;
  const errors = [{ path: 'Idempotency-Key', message: 'must be 1 to 200 printable ASCII characters' }];
  throw new ApiProblem('invalid_request', 'the Idempotency-Key is not valid', { errors });
}
