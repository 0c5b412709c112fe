/** Runbooks as they come from a client. */
import { parseRunbook } from '../language/parse-runbook.ts';
import type { Runbook } from '../contract/runbook.ts';
import { ApiProblem } from './problem.ts';

/** @throws ApiProblem invalid_runbook with every mistake */
export function requireRunbook(source: string): Runbook {
  const { runbook, errors } = parseRunbook(source);
  if (runbook && errors.length === 0) return runbook;
  const first = errors[0] ? ` The first: line ${errors[0].line}, ${errors[0].path}: ${errors[0].message}` : '';
  throw new ApiProblem('invalid_runbook', `${errors.length === 1 ? '1 mistake' : `${errors.length} mistakes`} in the runbook.${first}`, {
    errors,
  });
}
