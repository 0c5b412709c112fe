/** Handlers of /api/jobs/{id}/rerun: what another attempt would do, and the attempt itself. */
import type { Problem } from '../contract/error.ts';
import type { RerunBody, RerunPlan } from '../contract/start.ts';
import type { Variable } from '../contract/runbook.ts';
import type { PlannedStep } from '../contract/step-task.ts';
import { placed, planSteps } from '../domain/plan.ts';
import { rerunPlan } from '../domain/rerun.ts';
import { keptValues } from '../domain/rerun-values.ts';
import { isGiven, type InputMistake } from '../domain/resolve-inputs.ts';
import { createJob, planJob, type Planned } from './create-job.ts';
import type { ApiDependencies } from './dependencies.ts';
import { idempotencyKey } from './idempotency.ts';
import { initialState, readJob, toDetail } from './job-reader.ts';
import { ApiProblem } from './problem.ts';
import { readOrigin, type Origin } from './rerun-origin.ts';
import type { Handlers } from './route.ts';

export type RerunHandlers = Pick<Handlers, 'rerunPlan' | 'rerunJob'>;

export function rerunHandlers(deps: ApiDependencies): RerunHandlers {
  return {
    rerunPlan: async ({ params, query }) => planFor(await readOrigin(deps, params.id), query.from),
    async rerunJob({ params, body, req, res }) {
      const key = idempotencyKey(req.get('idempotency-key'));
      const request = { body: { rerunOf: params.id, ...body }, key, plan: () => plan(deps, params.id, body) };
      const { jobId, input } = await createJob(deps, request);
      res.location(`/api/jobs/${jobId}`);
      if (input) return toDetail(initialState(input), deps);
      res.status(200);
      return readJob(deps, jobId);
    },
  };
}

const refused = (detail: string, errors: NonNullable<Problem['errors']>): ApiProblem =>
  new ApiProblem('invalid_request', detail.slice(0, 1_000), { status: 422, errors });

function notABegin(steps: readonly PlannedStep[], from: string): string {
  const around = steps.find((step) => placed([step]).some((one) => one.step.id === from));
  if (around)
    return `step ${from} stands inside step ${around.ordinal} (${around.description}), which is repeated as a whole; begin at ${around.id}`;
  return `the job has no step ${from.slice(0, 100)}; GET the same address to see its steps`;
}

/** @throws ApiProblem invalid_request (422) when the job has no such step, or it stands inside another */
function planFor({ state, runbook, wasParked }: Origin, from: string | undefined): RerunPlan {
  const steps = planSteps(runbook);
  if (from !== undefined && !steps.some(({ id }) => id === from)) {
    const message = notABegin(steps, from);
    throw refused(message, [{ path: 'from', message }]);
  }
  return rerunPlan({ state, steps, variables: runbook.variables, dataSource: runbook.dataSource, from, wasParked });
}

async function plan(deps: ApiDependencies, jobId: string, body: RerunBody): Promise<Planned> {
  const origin = await readOrigin(deps, jobId);
  const { runbook, ref, source, chain } = origin;
  const rerun = planFor(origin, body.from);
  if (rerun.obstacles.length > 0) {
    const errors = rerun.obstacles.map((message) => ({ path: 'from', message }));
    throw refused(`it cannot begin at step ${body.from ?? '1'}: ${rerun.obstacles.join('; ')}`, errors);
  }
  const { secrets = {}, requestedBy, options = origin.state.options } = body;
  const inputs = { ...inputsBefore(rerun), ...body.inputs };
  const planned = planJob(deps, { runbook, ref, inputs, secrets, requestedBy, options, mistakes: toGiveAgain(rerun, origin, body) });
  refuseUnconfirmed(rerun, body.repeat ?? []);
  const of = { jobId, attempt: rerun.attempt, ...(body.from !== undefined && { from: body.from }) };
  const begin = { ...(body.from !== undefined && { startAt: body.from }), ...(rerun.openAt !== null && { openAt: rerun.openAt }) };
  return { input: { ...planned.input, rerun: { of, ...begin } }, values: withKept(planned, rerun, origin), source, chain };
}

/** What the attempt before was given, as far as it may be shown: it need not be given again. */
function inputsBefore({ inputs }: RerunPlan): Record<string, string> {
  return Object.fromEntries(inputs.flatMap(({ name, value }) => (value === null || value === '' ? [] : [[name, value]])));
}

/** A value that is certain to have been there, and is not known any more, must not silently become the empty string or the runbook's own. */
function toGiveAgain({ inputs }: RerunPlan, { state, runbook }: Origin, body: RerunBody): InputMistake[] {
  const given = new Set([...Object.keys(body.inputs ?? {}), ...Object.keys(body.secrets ?? {})]);
  const before = new Map(state.inputs.map(({ name, value }) => [name, value]));
  return inputs
    .filter(({ name, value }) => value === null && !given.has(name))
    .flatMap(({ name, required }) => {
      const variable = runbook.variables[name];
      const isMissedAnyway = required && variable !== undefined && onlyGiven.has(variable.source);
      const mayBeCell = variable !== undefined && !onlyGiven.has(variable.source) && isGiven(name, variable, runbook);
      const why = isMissedAnyway ? undefined : whyLost(before.get(name), variable, mayBeCell);
      return why === undefined ? [] : [{ path: `variables.${name}`, message: `\`${name}\` ${why}; give it again` }];
    });
}

/** Sources without a value of their own. */
const onlyGiven: ReadonlySet<Variable['source']> = new Set<Variable['source']>(['prompt', 'context', 'data']);

/** A sensitive value that was not shown may have been none at all; but not where the runbook has one of its own, which a row of data may have overruled. */
function whyLost(shown: string | null | undefined, variable: Variable | undefined, mayBeCell: boolean): string | undefined {
  if (shown === null && variable?.sensitive && mayBeCell) return 'is sensitive and may have come from a row of data';
  if (shown === null) return variable?.sensitive && variable.source !== 'expression' ? undefined : 'was given as a secret';
  return shown === undefined ? undefined : 'is too long: only its beginning was kept';
}

/** @throws ApiProblem repeats_unconfirmed with every step that needs a tick and has none */
function refuseUnconfirmed({ steps }: RerunPlan, repeat: readonly string[]): void {
  const stray = repeat.filter((id) => !steps.some((step) => step.id === id));
  if (stray.length > 0) {
    const errors = stray.map((id) => ({ path: 'repeat', message: `the job has no step ${id}` }));
    throw refused(errors.map(({ message }) => message).join('; '), errors);
  }
  const open = steps.filter(({ needsTick, id }) => needsTick && !repeat.includes(id));
  if (open.length === 0) return;
  const errors = open.map(({ id, ordinal, description }) => ({
    path: 'repeat',
    message: `step ${ordinal} (${description}) may have happened already and would happen again; add "${id}" to \`repeat\` if that is what you want`,
  }));
  const detail = errors.map(({ message }) => message).join('; ');
  throw new ApiProblem('repeats_unconfirmed', detail.slice(0, 1_000), { errors });
}

/** As in the attempt before, a captured value stands in the place of a variable of its name. */
function withKept({ values }: Pick<Planned, 'values'>, { from }: RerunPlan, { state, runbook }: Origin): Planned['values'] {
  const steps = planSteps(runbook);
  const kept = keptValues(steps, state, from === null ? 0 : steps.findIndex(({ id }) => id === from));
  const names = new Set(kept.map(({ name }) => name));
  const others = values.values.filter(({ name }) => !names.has(name));
  return {
    values: [...others, ...kept.map((value) => ({ ...value, sensitive: false }))],
    expressions: values.expressions.filter(({ name }) => !names.has(name)),
  };
}
