import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';

/** host:port of the run's Temporal server; namespace `default` */
export const temporalAddress = (): string => inject('temporalAddress');

/** path of the `temporal` CLI, to act as an outside system does */
export const temporalCli = (): string => inject('temporalCli');

/** A prefix for task queues and workflow ids that no other test uses: give it as `UNDERSTUDY_QUEUE_PREFIX` or put it before names. */
export const queuePrefix = (): string => `t${randomBytes(5).toString('hex')}-`;
