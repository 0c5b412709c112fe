/** Signals, Updates and queries of a job. Updates and signals bear the same names: the actions. */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { Command } from '../contract/command.ts';
import type { JobEvent } from '../contract/event.ts';
import type { JobAction, JobHeader } from '../contract/job.ts';
import { messages } from '../domain/names.ts';

export const actions: readonly JobAction[] = ['pause', 'resume', 'cancel', 'approve', 'reject', 'start_now', 'resolve'];

/**
 * Answers with the header after the command; refused by its validator with an ApplicationFailure whose type is the code of the refusal (`action_not_allowed`,
 * `approval_superseded`, `approval_id_missing`, or `invalid_command` for a payload that makes no sense) and whose first detail is `{code, reason, status, allowed}`.
 */
export const updateOf = (action: JobAction) => defineUpdate<JobHeader, [Command]>(action);
export const signalOf = (action: JobAction) => defineSignal<[unknown?]>(action);
export const headerQuery = defineQuery<JobHeader>(messages.header);
/** `complete` is false when events after `seq` are no longer kept here: the store has them. */
export type EventsSince = { events: JobEvent[]; complete: boolean };
export const eventsSinceQuery = defineQuery<EventsSince, [number]>(messages.eventsSince);
