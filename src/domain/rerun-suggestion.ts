/** Where another attempt of a failed job had best begin. */
import type { StepErrorCode } from '../contract/error.ts';
import type { JobState } from '../contract/job.ts';
import type { RerunPlan } from '../contract/start.ts';
import type { PlannedStep } from '../contract/step-task.ts';
import { references } from './bindings.ts';

type Failure = {
  state: JobState;
  steps: readonly PlannedStep[];
  wasParked?: boolean;
  /** names of the values that nobody may see */
  secrets: ReadonlySet<string>;
  /** why it cannot be begun at this index */
  obstacles: (begin: number) => readonly string[];
};

/** After a wait without a browser these mostly mean that the site has forgotten who is there. */
const likeAnExpiredLogIn: ReadonlySet<StepErrorCode> = new Set<StepErrorCode>([
  'element_not_found',
  'navigation_failed',
  'navigation_timeout',
]);

/** The first step that fills in a secret: nobody says which step logs in, and this is what logging in looks like. */
const logInAt = ({ steps, secrets }: Failure): number =>
  steps.findIndex(
    ({ action }) =>
      action.type === 'input' && (action.selector.inputType === 'password' || references(action.value).some((name) => secrets.has(name))),
  );

/** The log-in begins where its page is opened. */
function beforeLogIn(failure: Failure): number | undefined {
  const at = logInAt(failure);
  if (at === -1) return undefined;
  return Math.max(
    0,
    failure.steps.findLastIndex((step, index) => index < at && step.action.type === 'navigate'),
  );
}

const named = ({ ordinal, description }: PlannedStep): string => `step ${ordinal} (${description})`;

/**
 * A fresh browser knows the address of a page, not what was typed there: the step where the page that the failed step stood on began. That is the failed step
 * itself when nothing was changed on the page before.
 */
function pageBegin({ steps, state }: Failure, failedAt: number): number {
  const urls = steps.map(({ id }) => state.steps.find((step) => step.id === id)?.page?.url);
  const isNavigate = (index: number): boolean => steps[index]?.action.type === 'navigate';
  let begin = failedAt;
  while (begin > 0 && !isNavigate(begin) && !isNavigate(begin - 1) && urls[begin - 1] === urls[begin - 2]) begin -= 1;
  if (steps.slice(begin, failedAt).every(({ effect }) => effect === 'read')) return failedAt;
  return isNavigate(begin - 1) ? begin - 1 : begin;
}

/** Null when no step failed, or when there is nothing better than to do everything again. */
export function suggestBegin(failure: Failure): RerunPlan['suggestedFrom'] {
  const { state, steps } = failure;
  const failedId = state.steps.find(({ status }) => status === 'failed')?.id;
  const failedAt = steps.findIndex(({ id }) => id === failedId);
  const failed = steps[failedAt];
  if (!failed) return null;
  const begin = pageBegin(failure, failedAt);
  const first = steps[begin] ?? failed;
  const logIn = logInAt(failure);
  const needsLogIn = sessionIsGone(failure) || (logIn !== -1 && logIn < begin);
  if (!needsLogIn && failure.obstacles(begin).length === 0) return { stepId: first.id, because: directly(failed, first, begin) };
  return fromLogIn(failure, failed);
}

function directly(failed: PlannedStep, first: PlannedStep, keeps: number): string {
  if (keeps === 0) return `${named(failed)} failed, and nothing before it can be kept: everything is done again`;
  const page = failed === first ? '' : `; what was done on its page since ${named(first)} is done again`;
  return `${named(failed)} failed${page}; the steps before are kept, and no log-in is among them that a fresh browser would have to repeat`;
}

function sessionIsGone({ state, wasParked = false }: Failure): boolean {
  const code = state.steps.find(({ status }) => status === 'failed')?.error?.code;
  return code === 'session_lost' || (wasParked && code !== undefined && likeAnExpiredLogIn.has(code));
}

function fromLogIn(failure: Failure, failed: PlannedStep): RerunPlan['suggestedFrom'] {
  const begin = beforeLogIn(failure);
  const step = begin === undefined ? undefined : failure.steps[begin];
  if (begin === undefined || !step || failure.obstacles(begin).length > 0) return null;
  const lost = sessionIsGone(failure) ? `the log-in had expired when ${named(failed)} was to run` : `${named(failed)} failed`;
  return { stepId: step.id, because: `${lost}; a fresh browser is not logged in, so the work goes on from the log-in at ${named(step)}` };
}
