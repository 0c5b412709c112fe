/** What the host accepts, checked: the socket is private, but a ledger must not be written from a malformed request. */
import { z } from 'zod';
import { Mark } from '../contract/evidence.ts';
import { Effect } from '../contract/runbook.ts';
import type { Call, Verb } from './protocol.ts';

/** Job ids become file names. */
const jobId = z.string().regex(/^[\w-][\w.-]{0,199}$/);
const count = z.number().int().min(0);
const value = z.object({ name: z.string(), value: z.string(), sensitive: z.boolean(), json: z.literal(true).optional() });
const rows = z.array(z.unknown());
const job = z.object({ jobId });
export const watchBody = job;
const inEpoch = job.extend({ epoch: count });
const ref = inEpoch.extend({ instance: count });
const nothing = z.object({}).transform((): Record<string, never> => ({}));

/** Only passed through: the browser says what it does not understand. */
const storage = z.object({ cookies: z.array(z.unknown()), origins: z.array(z.unknown()) });

/** A worker leaves the key out when a step has no result. */
const result = z.unknown();

export const bodies: { [V in Verb]: z.ZodType<Call[V][0]> } = {
  attach: nothing,
  open: inEpoch.extend({
    values: z.array(value),
    collections: z.record(z.string(), rows).optional(),
    earlier: z.array(z.string()).optional(),
    storage: storage.optional(),
    returning: z.boolean().optional(),
    record: z
      .object({ video: z.literal(true).optional(), trace: z.literal(true).optional(), live: z.literal(false).optional() })
      .optional(),
  }),
  picture: inEpoch,
  progress: ref.extend({ retries: count.optional(), mark: Mark.optional() }),
  recordings: inEpoch,
  dropRecordings: inEpoch.extend({ files: z.array(z.string()) }),
  values: inEpoch.extend({ values: z.array(value) }),
  mask: inEpoch.extend({ texts: z.array(z.string()) }),
  keep: inEpoch,
  close: job,
  begin: ref.extend({ after: count.nullable(), gen: count, dispatch: count, effect: Effect, stepId: z.string().optional() }),
  acting: ref.extend({ mark: Mark.optional() }),
  done: ref.extend({
    result,
    captures: z.array(value),
    appends: z.array(z.object({ collection: z.string(), rows })).optional(),
  }),
  collection: inEpoch.extend({ name: z.string() }),
  item: inEpoch.extend({ list: z.string(), index: count }),
  expectDialog: ref.extend({ accept: z.boolean(), text: z.string().optional() }),
  dialogs: ref,
  downloads: inEpoch,
  awaitDownload: inEpoch.extend({ after: count, ended: z.boolean() }),
  dropDownload: inEpoch.extend({ number: count }),
  failed: ref.extend({ result }),
  interrupted: ref,
  stop: job.extend({ gen: count }),
  stat: nothing,
  refusals: job,
};
