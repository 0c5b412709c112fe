import type { StepError } from '../contract/error.ts';
import type { AcquireResult } from '../contract/step-task.ts';
import { createRedactor } from '../domain/redact.ts';
import { HostError } from '../host/client.ts';
import type { Call, HostValue } from '../host/protocol.ts';
import type { ExpressionVariable, WorkerDependencies } from './dependencies.ts';
import { hintFor } from './hints.ts';
import { startLimit } from './limit.ts';
import type { Attached, Pages } from './pages.ts';
import { pause } from './race.ts';
import { firstLine, StepFailure } from './step-failure.ts';
import { createValues, fillTemplate, type Values } from './values.ts';

const expressionMs = 10_000;
const launchAttempts = 4;
const launchPauseMs = 500;
const launchHint =
  'Chromium does not start on this machine: the log of the browser host has its words. Memory, /dev/shm and the sandbox are the usual reasons.';

type Acquiring = { dependencies: WorkerDependencies; pages: Pages };
type Evaluation = { values: Values; attached: Attached; signal: AbortSignal };

/**
 * Waits for a free browser, then evaluates the expression variables in it, in their order.
 * @throws HostError, and AbortError when `signal` is aborted while it waits
 */
export async function acquireBrowser(jobId: string, signal: AbortSignal, { dependencies, pages }: Acquiring): Promise<AcquireResult> {
  const { host, epoch, hostName, queue, jobs } = dependencies;
  const { values: given, expressions } = await jobs.load(jobId);
  const opened = await openBrowser({ jobId, epoch, values: given }, signal, dependencies);
  if ('error' in opened) return { outcome: 'refused', error: opened.error };
  const { endpoint, fresh } = opened;
  const browser = { host: hostName, queue };
  // steps have run here: their values count, and an expression such as Date.now() must not change under them
  if (!fresh || expressions.length === 0) return { outcome: 'acquired', browser };
  const values = createValues(given);
  try {
    const computed = await evaluateAll(expressions, { values, attached: await pages.attach(jobId, endpoint), signal });
    await host.call('values', { jobId, epoch, values: computed });
    return { outcome: 'acquired', browser };
  } catch (error) {
    if (!(error instanceof StepFailure)) throw error;
    return { outcome: 'refused', error: refusal(error, values) };
  }
}

type Opened = Call['open'][1] | { error: StepError };

/** A Chromium that does not start may have met a moment without memory; one that never starts is told, not tried for ever. */
async function openBrowser(body: Call['open'][0], signal: AbortSignal, { host }: WorkerDependencies): Promise<Opened> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await host.call('open', body, signal);
    } catch (error) {
      if (!(error instanceof HostError) || error.code !== 'launch_failed') throw error;
      if (attempt === launchAttempts)
        return { error: { code: 'browser_crashed', message: firstLine(error).slice(0, 500), hint: launchHint } };
      await pause(launchPauseMs * attempt, signal);
    }
  }
}

async function evaluateAll(expressions: readonly ExpressionVariable[], evaluation: Evaluation): Promise<HostValue[]> {
  const computed: HostValue[] = [];
  for (const variable of expressions) {
    const value = { name: variable.name, value: await evaluateOne(variable, evaluation), sensitive: variable.sensitive };
    evaluation.values.set(value);
    computed.push(value);
  }
  return computed;
}

async function evaluateOne({ name, expression, required }: ExpressionVariable, { values, attached, signal }: Evaluation): Promise<string> {
  const limit = startLimit(expressionMs);
  try {
    const value = await fillTemplate(expression, { values, blank: attached.blank, signal: AbortSignal.any([signal, limit.signal]) });
    if (value === '' && required)
      throw new StepFailure('value_missing', `The required variable ${name} is empty: its expression gives nothing.`);
    return value;
  } catch (error) {
    if (signal.aborted || !(error instanceof StepFailure)) throw error;
    if (!required) return '';
    throw new StepFailure('value_missing', `The variable ${name} has no value. ${error.message}`);
  } finally {
    limit.end();
  }
}

const refusal = (failure: StepFailure, values: Values): StepError => ({
  code: failure.code,
  message: createRedactor(values.secrets())(failure.message).slice(0, 500),
  hint: hintFor(failure.code),
});
