/** What people see of a job in the Temporal Web UI: its current details, and search attributes to find it by. */
import { defineSearchAttributeKey, type SearchAttributePair } from '@temporalio/common';
import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import type { JobState } from '../contract/job.ts';
import type { JobInput } from '../contract/step-task.ts';
import { detailsOf } from '../domain/details.ts';

const jobStatus = defineSearchAttributeKey('JobStatus', 'KEYWORD');
const needsApproval = defineSearchAttributeKey('NeedsApproval', 'BOOL');

/** @returns what has to be called after every event. Search attributes cost an event of the history: they are written only when the status changes. */
export function legible({ consoleUrl, searchAttributes }: JobInput, known: JobState['status'] | undefined): (state: JobState) => void {
  let written = known;
  return (state) => {
    setCurrentDetails(detailsOf(state, consoleUrl));
    if (!searchAttributes || state.status === written) return;
    written = state.status;
    const pairs: SearchAttributePair[] = [
      { key: jobStatus, value: state.status },
      { key: needsApproval, value: state.status === 'waiting_for_approval' },
    ];
    upsertSearchAttributes(pairs);
  };
}
