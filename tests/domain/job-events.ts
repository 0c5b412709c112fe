/** Events for tests, numbered as they are written down. */
import type { Approval, Evidence } from '../../src/contract/approval.ts';
import type { JobEvent, JobEventBody } from '../../src/contract/event.ts';

export const at = (second: number): string => new Date(Date.UTC(2026, 10, 23, 14, 0, second)).toISOString();

export const created = (...stepIds: string[]): JobEventBody => ({
  type: 'job.created',
  jobId: 'j-test',
  title: 'A job',
  runbook: { id: 'a-runbook', version: 3 },
  requestedBy: 'Ama',
  inputs: [],
  steps: stepIds.map((id, index) => ({ id, ordinal: index + 1, description: `do ${id}`, action: 'click', effect: 'once' })),
});

const ran = { startedAt: at(10), finishedAt: at(12), attempt: 1, retries: 2 };
export const succeeded = (stepId: string): JobEventBody => ({
  type: 'step.succeeded',
  stepId,
  ...ran,
  matchedBy: 'id',
  captures: [{ name: 'n', value: '7' }],
});
export const failed = (stepId: string): JobEventBody => ({
  type: 'step.failed',
  stepId,
  ...ran,
  error: { code: 'element_not_found', message: 'There is no “Save”', hint: 'Look at the page' },
});

/** Event n happens n seconds after two o'clock. */
export const numbered = (...bodies: JobEventBody[]): JobEvent[] =>
  bodies.map((body, index) => ({ ...body, seq: index + 1, at: at(index + 1) }));

export const evidence = (changes: Partial<Evidence> = {}): Evidence => ({
  takenAt: at(5),
  sentence: 'Click “Release payment”',
  target: 'Button “Release payment”',
  url: 'https://bank.example/pay',
  title: 'Pay',
  values: [{ name: 'Amount', value: '100.00', from: 'form' }],
  digest: 'd1',
  ...changes,
});

export const approval = (stepId: string, changes: Partial<Approval> = {}): Approval => ({
  approvalId: 'a-1',
  kind: 'step',
  stepId,
  ordinal: 1,
  ask: 1,
  effect: 'once',
  askedAt: at(6),
  evidence: evidence(),
  ...changes,
});
