/** What a step says about asking a person: durations, what happens when nobody answers, and what contradicts itself. */
import { Duration, longestWait } from '../contract/runbook.ts';
import { toMs } from '../domain/duration.ts';
import type { Mistakes, Path } from './mistakes.ts';
import { asMap, asText, has, isMap, type RawMap } from './raw.ts';

const shortestWait = 1_000;
const units = 'a number with a unit as in `30s`, `15m`, `2h` or `3d`';

function timeoutMistake(timeout: unknown): string | undefined {
  if (!Duration.safeParse(timeout).success && !outOfRange(timeout)) return `must be ${units}, or milliseconds; a second to 30 days`;
  const ms = toMs(timeout as number | string);
  if (ms < shortestWait) return `is shorter than a second, which nobody can answer in; write ${units}`;
  return ms > longestWait ? 'is longer than 30 days; write `30d`, or leave `timeout` out to wait for as long as it takes' : undefined;
}

const outOfRange = (timeout: unknown): boolean => Number.isInteger(timeout);

const saysYes = /^(approved?|accept|continue|proceed|run|yes)$/i;

const unlikeAMap: Record<string, string> = {
  boolean: 'write `requiresConfirmation: true` to ask a person without more, or `approval: {message: "…"}`',
  string: 'write the message as `approval: {message: "…"}`',
};

const byWhom = 'who may approve cannot be checked, because there are no accounts yet; remove `by` and say in `message` who should answer';
const nobodySaidYes =
  'nobody has approved when the time is over, so the step cannot run; write `reject` (the step fails) or `cancel` (the job is cancelled)';

function settleWith(path: Path, message: string, { mistakes, point = 'value' }: { mistakes: Mistakes; point?: 'value' | 'key' }): void {
  mistakes.add(path, message, point);
  mistakes.settle(path);
}

/** What shapes would explain badly. What it finds is settled: nothing more is said about it. */
export function explainApproval(step: RawMap, path: Path, mistakes: Mistakes): void {
  const approval = step['approval'];
  const at = [...path, 'approval'];
  if (isMap(approval)) return explainFields(approval, at, mistakes);
  const remedy = approval === null ? `is empty; ${unlikeAMap['boolean'] ?? ''}` : unlikeAMap[typeof approval];
  if (remedy !== undefined) settleWith(at, remedy, { mistakes });
}

function explainFields(approval: RawMap, at: Path, mistakes: Mistakes): void {
  if (has(approval, 'by')) settleWith([...at, 'by'], byWhom, { mistakes, point: 'key' });
  const timeout = has(approval, 'timeout') ? timeoutMistake(approval['timeout']) : undefined;
  if (timeout !== undefined) settleWith([...at, 'timeout'], timeout, { mistakes });
  if (saysYes.test(asText(approval['onTimeout']) ?? '')) settleWith([...at, 'onTimeout'], nobodySaidYes, { mistakes });
}

/** Fields that do not go together. */
export function checkApproval(step: RawMap, path: Path, mistakes: Mistakes): void {
  if (!isMap(step['approval'])) return;
  const approval = asMap(step['approval']);
  const at = [...path, 'approval'];
  if (step['requiresConfirmation'] === false)
    mistakes.add(
      [...path, 'requiresConfirmation'],
      '`approval` asks a person before the step, and `requiresConfirmation: false` says that nobody is asked; remove one of them',
    );
  if (has(approval, 'onTimeout') && !has(approval, 'timeout'))
    mistakes.add([...at, 'onTimeout'], '`onTimeout` goes with `timeout`: without one an answer is waited for as long as it takes', 'key');
  if (asText(approval['message'])?.trim() === '')
    mistakes.add([...at, 'message'], 'must not be empty; remove it, or say what the person should know');
}
