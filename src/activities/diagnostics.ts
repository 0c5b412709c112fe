/** What a person needs to understand a failed step. Nothing in here may hang or throw: the page may be dead or hostile. */
import type { Page } from 'playwright';
import type { StepError } from '../contract/error.ts';
import type { PageRef } from '../contract/job.ts';
import type { Evidence } from './evidence.ts';
import { hintFor } from './hints.ts';
import { within } from './race.ts';
import type { Search } from './step-context.ts';
import type { StepFailure } from './step-failure.ts';

type Redact = (text: string) => string;
type Scene = { page: PageRef | undefined; search: Search; evidence: Evidence; redact: Redact };

const maxLength = 500;
const maxEntries = 20;
const maxLookAlikes = 5;

/** Where the page is, masked. */
export async function pageRef(page: Page, redact: Redact): Promise<PageRef> {
  const title = (await within(500, page.title())) ?? '';
  return { url: redact(page.url()).slice(0, 2_000), title: redact(title).slice(0, maxLength) };
}

/** The error as it is reported: hint and evidence added, every text masked and cut. */
export function toStepError(failure: StepFailure, { page, search, evidence, redact }: Scene): StepError {
  const text = (value: string): string => redact(value).slice(0, maxLength);
  const list = (lines: readonly string[]): string[] => lines.slice(-maxEntries).map(text);
  return {
    code: failure.code,
    message: text(failure.message),
    hint: failure.hint ?? hintFor(failure.code),
    diagnostics: {
      ...page,
      ...(search.candidates.length > 0 && {
        candidates: search.candidates.slice(0, maxEntries).map((c) => ({ ...c, value: text(c.value) })),
      }),
      ...(failure.diagnostics.matches && { matches: list(failure.diagnostics.matches) }),
      ...(failure.diagnostics.lookAlikes && { lookAlikes: failure.diagnostics.lookAlikes.slice(0, maxLookAlikes).map(text) }),
      ...(evidence.console.length > 0 && { console: list(evidence.console) }),
      ...(evidence.failedRequests.length > 0 && { failedRequests: list(evidence.failedRequests) }),
    },
  };
}
