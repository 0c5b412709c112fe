/** What outside systems send with a command, read without trust: it may be anything. */
import type { Command } from '../contract/command.ts';
import type { JobAction } from '../contract/job.ts';

const example = '{"actor": "…", "comment": "…"}';
const outcomes: ReadonlySet<unknown> = new Set(['done', 'again', 'failed']);
const texts = { actor: 200, comment: 1_000, approvalId: 100, stepId: 100 } as const;

/** Nothing at all is a command without details; unknown fields are ignored. `wrong` says what cannot be understood. */
export function readCommand(action: JobAction, payload: unknown, origin: string): Command | { wrong: string } {
  if (absent(payload)) return { action, actor: origin };
  if (typeof payload !== 'object' || Array.isArray(payload)) return { wrong: `its payload must be a JSON object such as ${example}` };
  if ('undecodable' in payload || ArrayBuffer.isView(payload)) return { wrong: 'its payload could not be read: send JSON' };
  const fields = payload as Record<string, unknown>;
  const wrong = mistakeOf(fields);
  return wrong ? { wrong } : commandOf(action, fields, origin);
}

function commandOf(action: JobAction, fields: Record<string, unknown>, origin: string): Command {
  const text = (name: keyof typeof texts): string | undefined =>
    ((fields[name] as string | undefined) ?? '').trim().slice(0, texts[name]) || undefined;
  return {
    action,
    actor: text('actor') ?? origin,
    comment: text('comment'),
    approvalId: text('approvalId'),
    stepId: text('stepId'),
    attempt: (fields['attempt'] as number | null | undefined) ?? undefined,
    outcome: (fields['outcome'] as Command['outcome'] | null) ?? undefined,
  };
}

const absent = (value: unknown): value is null | undefined => value === undefined || value === null;

function mistakeOf(fields: Record<string, unknown>): string | undefined {
  for (const name of Object.keys(texts)) if (!absent(fields[name]) && typeof fields[name] !== 'string') return `${name} must be text`;
  if (!absent(fields['attempt']) && !Number.isInteger(fields['attempt'])) return 'attempt must be a whole number';
  if (!absent(fields['outcome']) && !outcomes.has(fields['outcome'])) return 'outcome must be done, again or failed';
  return undefined;
}
