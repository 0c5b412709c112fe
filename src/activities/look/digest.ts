/** The digest of what a person approves. Nothing in it depends on when it is taken. */
import type { RunbookRef } from '../../contract/job.ts';
import type { PlannedStep } from '../../contract/step-task.ts';
import { destinationOf, plainly, tellSentence, tellTarget, type Facts } from './facts.ts';
import type { SceneElement } from './scene.ts';
import { nameOf } from './words.ts';

export type Subject = { jobId: string; runbook: RunbookRef | null };

/** 64 hex digits. `mac` is keyed: a short value cannot be guessed from it. */
export function digestOf(facts: Facts, { jobId, runbook }: Subject, mac: (text: string) => string): string {
  const { scene, resolved, job, step, url, frame } = facts;
  return mac(
    canonical({
      runbook: runbook ? { id: runbook.id, version: runbook.version } : { jobId },
      step: stepPart(step),
      url: normalised(url, step.approval?.changingParameters ?? []),
      ...(frame !== undefined && { frame: normalised(frame, step.approval?.changingParameters ?? []) }),
      sentence: tellSentence(facts, plainly),
      target: scene && [tellTarget(facts, plainly), nameOf(scene.target)],
      destination: destinationOf(facts),
      values: resolved.map(({ name, value }) => [name, value]),
      form: scene ? [scene.fields.map(fieldPart), scene.more] : null,
      job: Object.fromEntries(job.map(({ name, value }) => [name, value])),
    }),
  );
}

/** Not its effect, which is `read` for a look. */
function stepPart({ ordinal: _ordinal, description: _description, effect: _effect, ...rest }: PlannedStep): unknown {
  return rest;
}

const fieldPart = (field: SceneElement): unknown => [nameOf(field), field.type, field.value, field.length];

/** Without its hash and the parameters that the runbook names as changing; the other parameters in order. */
export function normalised(address: string, changing: readonly string[]): string {
  if (!URL.canParse(address)) return address;
  const url = new URL(address);
  url.hash = '';
  const parameters = [...url.searchParams].filter(([name]) => !changing.includes(name));
  url.search = '';
  return `${url.href} ${JSON.stringify(parameters.sort(byText))}`;
}

const byText = (a: readonly string[], b: readonly string[]): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

/** JSON with the keys of every object in order: Temporal and the ledger do not keep theirs. */
function canonical(data: unknown): string {
  return JSON.stringify(data, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
