/** Names that several processes must agree on. */

/** Task queue of the workflows, after an optional prefix that isolates installations (and tests) on one Temporal server. */
export const jobsQueue = (prefix = ''): string => `${prefix}jobs`;
export const browsersQueue = (prefix = ''): string => `${prefix}browsers`;
/** Jobs that come back from a wait ask here for a browser. */
export const returnsQueue = (prefix = ''): string => `${browsersQueue(prefix)}:return`;
export const hostQueue = (host: string, prefix = ''): string => `${prefix}browser:${host}`;
export const controlQueue = (queue: string): string => `${queue}:ctl`;
/** The workflow knows only the queue that it runs on. */
export const prefixOfJobsQueue = (queue: string): string => queue.replace(/jobs$/, '');

export const workflowType = 'runJob';
/** Steps of a job that are dispatched at once (DESIGN 3.1). */
export const dispatchWindow = 3;

export const messages = {
  /** Updates and signals bear the names of the actions; an Update answers with the job's header */
  pause: 'pause',
  resume: 'resume',
  cancel: 'cancel',
  approve: 'approve',
  reject: 'reject',
  start_now: 'start_now',
  resolve: 'resolve',
  header: 'header',
  eventsSince: 'eventsSince',
} as const;

/** Search attributes of a job's workflow, and their types in Temporal's own words. */
export const searchAttributes = {
  JobStatus: 'Keyword',
  Runbook: 'Keyword',
  RequestedBy: 'Keyword',
  NeedsApproval: 'Bool',
} as const;

/** A value whose name begins so is the list (JSON) that the loop with that step id goes through. */
export const listPrefix = '__items:';
