import type { ElementHandle } from 'playwright';
import type { Evidence } from '../contract/approval.ts';
import type { Diagnostics, StepErrorCode } from '../contract/error.ts';

/** An element that may have been meant; `label` names it, quoted and masked. */
export type Alike = { element: ElementHandle; label: string };

/** Why a step failed, in the words that people will read. Everything else that a step throws is a defect, or the browser's own message. */
export class StepFailure extends Error {
  readonly code: StepErrorCode;
  readonly diagnostics: Diagnostics;
  readonly alike: Alike | undefined;
  /** instead of the one of the code, which would send people to the wrong place */
  readonly hint: string | undefined;

  constructor(
    code: StepErrorCode,
    message: string,
    { alike, hint, ...diagnostics }: Diagnostics & { alike?: Alike | undefined; hint?: string } = {},
  ) {
    super(message);
    this.name = 'StepFailure';
    this.code = code;
    this.diagnostics = diagnostics;
    this.alike = alike;
    this.hint = hint;
  }
}

/** A pause, a cancel or Temporal's cancellation came before the step had begun to act. */
export class Interrupted extends Error {
  constructor() {
    super('interrupted before it acted');
    this.name = 'Interrupted';
  }
}

/** The attempt ends here because it was a look, or because the page is not what was approved (`void`). Nothing was done. */
export class Looked extends Error {
  readonly outcome: 'seen' | 'void';
  readonly evidence: Evidence;

  constructor(outcome: 'seen' | 'void', evidence: Evidence) {
    super('looked at');
    this.name = 'Looked';
    this.outcome = outcome;
    this.evidence = evidence;
  }
}

/** An error's message without the colours that Playwright gives it. */
export function plainText(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text
    .split(String.fromCharCode(27))
    .map((part, nth) => (nth === 0 ? part : part.replace(/^\[\d+m/, '')))
    .join('');
}

/** Playwright's messages carry colours and a call log; people get the first line, or the line that says what was in the way. */
export function firstLine(error: unknown): string {
  return (
    plainText(error)
      .split('\n')
      .find((line) => line.trim() !== '') ?? 'no message'
  )
    .replace(/^\w+\.\w+: /, '')
    .replace(/^Error: /, '')
    .slice(0, 65_536);
}
