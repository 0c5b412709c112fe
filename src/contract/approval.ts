/** A question to a person before a step runs (`step`), or after one of which nobody knows whether it has happened (`outcome`). */
import { z } from 'zod';
import { Mark } from './evidence.ts';
import { Effect, OnTimeout, RiskLevel } from './runbook.ts';

/**
 * A value that the step would use or send. `step`: of the step itself; `form`: a visible field of the form that the target belongs to; `job`: an input or a captured value
 * of the job. `value` is null when it is sensitive; then `mac` (16 hex digits, keyed) tells whether it has changed. Cut at 500 characters.
 */
export const EvidenceValue = z.object({
  name: z.string(),
  value: z.string().nullable(),
  from: z.enum(['step', 'form', 'job']),
  mac: z.string().optional(),
  /** the same value in the last completed job of this runbook, when it differs */
  lastGoodRun: z.string().optional(),
});
export type EvidenceValue = z.infer<typeof EvidenceValue>;

/** What a person is shown, and what the digest is of. */
export const Evidence = z.object({
  takenAt: z.string(),
  /** what will be done, as in: Click “Release payment” */
  sentence: z.string(),
  /** the element in words, as in: Button “Release payment”; null: the step has none, or it is not there */
  target: z.string().nullable(),
  /** the runbook's own message, filled in and masked */
  message: z.string().optional(),
  url: z.string(),
  title: z.string(),
  values: z.array(EvidenceValue).max(60),
  screenshot: z.string().optional().describe('artifact id'),
  /** where the target is in the picture, in fractions of its width and height */
  mark: Mark.optional(),
  /** 64 hex digits, HMAC-SHA256 of runbook version, step, values, target and URL; absent for a question of outcome */
  digest: z.string().optional(),
});
export type Evidence = z.infer<typeof Evidence>;

/** What differs between two looks. null: it was not there, or is not shown. */
export const Change = z.object({ what: z.string(), was: z.string().nullable(), now: z.string().nullable() });
export type Change = z.infer<typeof Change>;

export const Verdict = z.enum(['approved', 'rejected', 'expired', 'void', 'done', 'again', 'failed']);
export type Verdict = z.infer<typeof Verdict>;

/** Who answered, as claimed: there are no accounts yet. `expired`: the deadline did; `void`: the page was not the same any more. */
export const Answer = z.object({ verdict: Verdict, actor: z.string(), at: z.string(), comment: z.string().optional() });
export type Answer = z.infer<typeof Answer>;

export const Approval = z.object({
  /** new for every ask */
  approvalId: z.string(),
  kind: z.enum(['step', 'outcome']),
  stepId: z.string(),
  ordinal: z.number().int(),
  /** 1 for the first ask about this step */
  ask: z.number().int(),
  /** `outcome`: the attempt whose outcome is unknown */
  attempt: z.number().int().optional(),
  riskLevel: RiskLevel.optional(),
  effect: Effect,
  askedAt: z.string(),
  deadline: z.string().optional(),
  onTimeout: OnTimeout.optional(),
  evidence: Evidence,
  /** why it is asked again: what changed since it was approved */
  changes: z.array(Change).optional(),
  /** present once it is answered; the step may still be about to run */
  answer: Answer.optional(),
});
export type Approval = z.infer<typeof Approval>;

/** What stays with the step, for the timeline and the report. */
export const ApprovalRecord = Approval.pick({ approvalId: true, kind: true, ask: true, askedAt: true }).extend({
  digest: z.string().optional(),
  screenshot: z.string().optional(),
  sentence: z.string(),
  answer: Answer.optional(),
  /** of a void one: what differed */
  changes: z.array(Change).optional(),
});
export type ApprovalRecord = z.infer<typeof ApprovalRecord>;

/** An open question in a row of the list and in the inbox. */
export const ApprovalBrief = Approval.pick({
  approvalId: true,
  kind: true,
  stepId: true,
  ordinal: true,
  ask: true,
  riskLevel: true,
  askedAt: true,
  deadline: true,
  onTimeout: true,
}).extend({ sentence: z.string(), screenshot: z.string().optional() });
export type ApprovalBrief = z.infer<typeof ApprovalBrief>;
