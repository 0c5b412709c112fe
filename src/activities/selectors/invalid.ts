import { firstLine } from '../step-failure.ts';

/** Whether a selector's own text is what is wrong. Playwright says it in several ways, by kind of selector. */
export const isInvalid = (error: unknown): boolean =>
  /not a valid (selector|XPath)|Unexpected token|while parsing|Unknown engine|Malformed|not a node set|Unsupported token/i.test(
    firstLine(error),
  );
