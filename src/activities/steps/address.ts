import { StepFailure } from '../step-failure.ts';

/**
 * An address that may be relative to the first of `bases` that is an http address itself.
 * @throws StepFailure `navigation_failed` when it is none, `blocked_address` when it is no http address
 */
export function absoluteAddress(text: string, bases: readonly (string | undefined)[]): URL {
  const base = bases.find((candidate) => candidate !== undefined && /^https?:/.test(candidate));
  const url = URL.canParse(text, base) ? new URL(text, base) : undefined;
  if (!url)
    throw new StepFailure(
      'navigation_failed',
      `"${text}" is not an address${base ? '' : ', and there is no baseUrl or page that it could be relative to'}.`,
    );
  if (url.protocol === 'http:' || url.protocol === 'https:') return url;
  throw new StepFailure('blocked_address', `Only http and https addresses can be opened, not ${url.protocol}//.`);
}
