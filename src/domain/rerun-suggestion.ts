/** Where another attempt of a failed job had best begin. */
import type { StepErrorCode } from '../contract/error.ts';
import type { JobState } from '../contract/job.ts';
import type { RerunPlan } from '../contract/start.ts';
import type { PlannedStep } from '../contract/step-task.ts';
import { references } from './bindings.ts';
import { placed } from './plan.ts';
import { nameOf as named, pageAfter, statesOf } from './rerun-steps.ts';

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

const fillsInSecret = ({ action }: PlannedStep, secrets: ReadonlySet<string>): boolean =>
  action.type === 'input' && (action.selector.inputType === 'password' || references(action.value).some((name) => secrets.has(name)));

/** The first step that fills in a secret: nobody says which step logs in, and this is what logging in looks like. */
const logInAt = ({ steps, secrets }: Failure): number =>
  steps.findIndex((top) => placed([top]).some(({ step }) => fillsInSecret(step, secrets)));

/** The log-in begins where its page is opened. */
function beforeLogIn(failure: Failure): number | undefined {
  const at = logInAt(failure);
  if (at === -1) return undefined;
  return Math.max(
    0,
    failure.steps.findLastIndex((step, index) => index < at && step.action.type === 'navigate'),
  );
}

/**
 * A fresh browser knows the address of a page, not what was typed there: the step where the page that the failed step stood on began. That is the failed step
 * itself when nothing was changed on the page before.
 */
function pageBegin({ steps, state }: Failure, failedAt: number): number {
  const states = statesOf(state);
  const urls = steps.map((step) => pageAfter(step, states)?.url);
  const isNavigate = (index: number): boolean => steps[index]?.action.type === 'navigate';
  let begin = failedAt;
  while (begin > 0 && !isNavigate(begin) && !isNavigate(begin - 1) && urls[begin - 1] === urls[begin - 2]) begin -= 1;
  if (placed(steps.slice(begin, failedAt)).every(({ step }) => step.effect === 'read')) return failedAt;
  return isNavigate(begin - 1) ? begin - 1 : begin;
}

/** `top` is the step itself, or the outermost one that it stands in. */
type Failed = { step: PlannedStep; top: PlannedStep; at: number };

/** The first step that failed; a container fails with what is in it. */
function failedStep({ state, steps }: Failure): Failed | undefined {
  const failed = state.steps.filter(({ status }) => status === 'failed');
  const { id } = failed.find(({ error }) => error) ?? failed[0] ?? {};
  const at = steps.findIndex((top) => placed([top]).some(({ step }) => step.id === id));
  const top = steps[at];
  const step = top && placed([top]).find((one) => one.step.id === id)?.step;
  return top && step && { step, top, at };
}

/** Null when no step failed, or when there is nothing better than to do everything again. */
export function suggestBegin(failure: Failure): RerunPlan['suggestedFrom'] {
  const failed = failedStep(failure);
  if (!failed) return null;
  const begin = pageBegin(failure, failed.at);
  const first = failure.steps[begin] ?? failed.top;
  const logIn = logInAt(failure);
  const needsLogIn = sessionIsGone(failure) || (logIn !== -1 && logIn < begin);
  if (!needsLogIn && failure.obstacles(begin).length === 0) return { stepId: first.id, because: directly(failed, first, begin) };
  return fromLogIn(failure, failed.step);
}

function directly({ step, top }: Failed, first: PlannedStep, keeps: number): string {
  if (keeps === 0) return `${named(step)} failed, and nothing before it can be kept: everything is done again`;
  const page = top === first ? '' : `; what was done on its page since ${named(first)} is done again`;
  const whole = top === step ? '' : `; it stands in ${named(top)}, which is done again as a whole`;
  return `${named(step)} failed${whole}${page}; the steps before are kept, and no log-in is among them that a fresh browser would have to repeat`;
}

function sessionIsGone({ state, wasParked = false }: Failure): boolean {
  const code = state.steps.find(({ status, error }) => status === 'failed' && error)?.error?.code;
  return code === 'session_lost' || (wasParked && code !== undefined && likeAnExpiredLogIn.has(code));
}

function fromLogIn(failure: Failure, failed: PlannedStep): RerunPlan['suggestedFrom'] {
  const begin = beforeLogIn(failure);
  const step = begin === undefined ? undefined : failure.steps[begin];
  if (begin === undefined || !step || failure.obstacles(begin).length > 0) return null;
  const lost = sessionIsGone(failure) ? `the log-in had expired when ${named(failed)} was to run` : `${named(failed)} failed`;
  return { stepId: step.id, because: `${lost}; a fresh browser is not logged in, so the work goes on from the log-in at ${named(step)}` };
}
