/** Everything that the api says to Temporal; the only user of its client. Every call has a deadline. */
import {
  Connection,
  WorkflowClient,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  type ConnectionOptions,
  type WorkflowExecutionStatusName,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { Command } from '../contract/command.ts';
import type { JobEvent } from '../contract/event.ts';
import type { JobHeader } from '../contract/job.ts';
import type { JobInput } from '../contract/step-task.ts';
import type { RefusalCode } from '../domain/decide.ts';
import { jobsQueue, messages, workflowType } from '../domain/names.ts';
import { ApiProblem } from './problem.ts';
import {
  createSearchAttributes,
  firstAttributes,
  refusesAttributes,
  type AttributesAnswer,
  type SearchAttributes,
} from './search-attributes.ts';

const queryMs = 2_000;
const commandMs = 5_000;
/** grpc-js would otherwise wait up to two minutes before it tries again */
const reconnect = { 'grpc.initial_reconnect_backoff_ms': 200, 'grpc.max_reconnect_backoff_ms': 2_000 };

export type EventsSince = { events: JobEvent[]; complete: boolean };
export type CommandAnswer =
  | { outcome: 'accepted'; header: JobHeader }
  | { outcome: 'refused'; code: RefusalCode; reason: string; status: string; allowed: string[] }
  /** the workflow has ended or does not exist */
  | { outcome: 'gone' };
export type WorkflowEnd = { status: WorkflowExecutionStatusName; closedAt: Date | null };

/** Methods throw ApiProblem `engine_unavailable` when Temporal, or a worker that it needs, does not answer in time. */
export type TemporalGateway = {
  readonly namespace: string;
  /** @throws ApiProblem when the server does not answer within 2 s */
  ping(): Promise<void>;
  /** Adds the jobs' search attributes where they are missing, and says whether the server has them; jobs start without them where it has not. */
  ensureSearchAttributes(): Promise<AttributesAnswer>;
  /** Harmless when the job's workflow exists already, running or closed. */
  start(input: JobInput): Promise<void>;
  /** A repeated `updateId` is one command. */
  command(jobId: string, command: Command, updateId: string): Promise<CommandAnswer>;
  /** null: there is no such workflow. `ms` is the deadline, default 2 s */
  eventsSince(jobId: string, seq: number, ms?: number): Promise<EventsSince | null>;
  header(jobId: string): Promise<JobHeader | null>;
  describe(jobId: string): Promise<WorkflowEnd | null>;
  close(): Promise<void>;
};

export type GatewayOptions = { connection: ConnectionOptions; namespace: string; queuePrefix: string };

/** Connects when first used, and again after an outage. */
export function createTemporalGateway(options: GatewayOptions): TemporalGateway {
  const channelArgs = { ...reconnect, ...options.connection.channelArgs };
  const connection = Connection.lazy({ ...options.connection, channelArgs });
  const client = new WorkflowClient({ connection, namespace: options.namespace });
  const attributes = createSearchAttributes(connection, options.namespace);
  const within = <T>(ms: number, call: () => Promise<T>): Promise<T> => connection.withDeadline(Date.now() + ms, call).catch(rethrow);
  const query = <T>(jobId: string, { name, args = [], ms = queryMs }: { name: string; args?: unknown[]; ms?: number }): Promise<T | null> =>
    within(ms, () =>
      client
        .getHandle(jobId)
        .query<T, unknown[]>(name, ...args)
        .catch(nullWhenNotFound),
    );
  return {
    namespace: options.namespace,
    ping: () => within(queryMs, async () => void (await connection.workflowService.describeNamespace({ namespace: options.namespace }))),
    ensureSearchAttributes: () => within(queryMs, () => attributes.ensure()),
    start: (input) => within(commandMs, () => start({ client, attributes, queuePrefix: options.queuePrefix }, input)),
    command: (jobId, command, updateId) => within(commandMs, () => sendUpdate(client, { jobId, command, updateId })),
    eventsSince: (jobId, seq, ms) => query<EventsSince>(jobId, { name: messages.eventsSince, args: [seq], ms }),
    header: (jobId) => query<JobHeader>(jobId, { name: messages.header }),
    describe: (jobId) => within(queryMs, () => describe(client, jobId)),
    close: () => connection.close(),
  };
}

type Starting = { client: WorkflowClient; attributes: SearchAttributes; queuePrefix: string };

async function start({ client, attributes, queuePrefix }: Starting, input: JobInput): Promise<void> {
  const { searchAttributes: _decidedHere, ...plain } = input;
  const known = await attributes.ensure().then(
    (answer) => answer.known,
    () => false,
  );
  if (!known) return startWorkflow(client, plain, queuePrefix);
  try {
    await startWorkflow(client, { ...plain, searchAttributes: true }, queuePrefix);
  } catch (error) {
    if (!refusesAttributes(error)) throw error;
    attributes.doubt();
    await startWorkflow(client, plain, queuePrefix);
  }
}

async function startWorkflow(client: WorkflowClient, input: JobInput, queuePrefix: string): Promise<void> {
  try {
    await client.start(workflowType, {
      workflowId: input.jobId,
      taskQueue: jobsQueue(queuePrefix),
      args: [input],
      workflowTaskTimeout: '5s',
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      workflowIdConflictPolicy: 'USE_EXISTING',
      staticSummary: input.title.slice(0, 200),
      staticDetails: input.consoleUrl ? `[Open in the console](${input.consoleUrl})` : `Job ${input.jobId}`,
      ...(input.searchAttributes && { typedSearchAttributes: firstAttributes(input) }),
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

type Sending = { jobId: string; command: Command; updateId: string };

async function sendUpdate(client: WorkflowClient, { jobId, command, updateId }: Sending): Promise<CommandAnswer> {
  try {
    const header = await client.getHandle(jobId).executeUpdate<JobHeader, [Command]>(command.action, { args: [command], updateId });
    return { outcome: 'accepted', header };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { outcome: 'gone' };
    const refused = error instanceof WorkflowUpdateFailedError ? refusalOf(error.cause) : undefined;
    if (refused) return refused;
    throw error;
  }
}

const refusalCodes: readonly RefusalCode[] = ['action_not_allowed', 'approval_superseded', 'approval_id_missing'];

function refusalOf(cause: Error | undefined): CommandAnswer | undefined {
  if (!(cause instanceof ApplicationFailure)) return undefined;
  // The workflow ended while the Update was on its way.
  if (cause.type === 'AcceptedUpdateCompletedWorkflow') return { outcome: 'gone' };
  const said = (cause.details?.[0] ?? {}) as Partial<{ code: RefusalCode; reason: string; status: string; allowed: string[] }>;
  const code = refusalCodes.find((each) => each === (said.code ?? cause.type));
  return code && { outcome: 'refused', reason: cause.message, status: 'unknown', allowed: [], ...said, code };
}

async function describe(client: WorkflowClient, jobId: string): Promise<WorkflowEnd | null> {
  const found = await client.getHandle(jobId).describe().catch(nullWhenNotFound);
  return found && { status: found.status.name, closedAt: found.closeTime ?? null };
}

function nullWhenNotFound(error: unknown): null {
  if (error instanceof WorkflowNotFoundError) return null;
  throw error;
}

function rethrow(error: unknown): never {
  throw new ApiProblem(
    'engine_unavailable',
    'Temporal, or the worker that runs the jobs, does not answer; nothing is lost. Try again in a moment.',
    { cause: error },
  );
}
