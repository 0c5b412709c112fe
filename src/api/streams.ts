/** Handlers of the three event streams. All of them are the multiplexed one, with different ids. */
import type { Request, Response } from 'express';
import type { ApiDependencies } from './dependencies.ts';
import { createJobSources, type JobSources, type JobViewer } from './job-source.ts';
import { noSuchJob } from './job-reader.ts';
import { createLiveSources, type LiveSources } from './live-source.ts';
import { createListSource, type ListSource } from './list-source.ts';
import { ApiProblem } from './problem.ts';
import type { Handlers } from './route.ts';
import { createStreamHub, type EventStream, type StreamHub } from './sse.ts';
import { decodePosition, encodePosition, type Position } from './stream-position.ts';

export type StreamHandlers = Pick<Handlers, 'streamJobs' | 'stream' | 'jobEvents'>;
export type Streams = { handlers: StreamHandlers; jobs: JobSources; live: LiveSources; hub: StreamHub; close(): void };

const mostLive = 4;
const mostJobs = 20;

export function createStreams(deps: ApiDependencies): Streams {
  const jobs = createJobSources(deps);
  const list = createListSource(deps);
  const live = createLiveSources(deps);
  const hub = createStreamHub();
  const sources = { jobs, list, live, hub };
  const handlers: StreamHandlers = {
    streamJobs: ({ req, res }) => multiplex(sources, { req, res, list: true, jobIds: [], liveIds: [] }),
    stream: ({ query, req, res }) => {
      const jobIds = jobIdsOf(query.jobs);
      return multiplex(sources, { req, res, list: query.list === '1', jobIds, liveIds: liveIdsOf(query.live, jobIds) });
    },
    jobEvents: ({ params, query, req, res }) => oneJob(sources, { req, res, jobId: params.id, live: query.live === '1' }),
  };
  const close = (): void => {
    hub.close();
    jobs.close();
    live.close();
    list.close();
  };
  return { handlers, jobs, live, hub, close };
}

type Sources = { jobs: JobSources; list: ListSource; live: LiveSources; hub: StreamHub };
type Watching = { req: Request; res: Response };

const idsIn = (text: string): string[] => [
  ...new Set(
    text
      .split(',')
      .map((id) => id.trim())
      .filter(Boolean),
  ),
];

/** Pictures come beside the events of a job, never alone. */
function liveIdsOf(text = '', jobIds: readonly string[]): string[] {
  const ids = idsIn(text);
  const stray = ids.find((id) => !jobIds.includes(id));
  if (stray === undefined && ids.length <= mostLive) return ids;
  const message = stray === undefined ? `${ids.length} are too many` : `${stray.slice(0, 100)} is not among \`jobs\``;
  throw new ApiProblem('invalid_request', `live: the pictures of at most ${mostLive} of the jobs in \`jobs\``, {
    errors: [{ path: 'live', message }],
  });
}

function jobIdsOf(text = ''): string[] {
  const ids = idsIn(text);
  if (ids.length <= mostJobs) return ids;
  throw new ApiProblem('invalid_request', `at most ${mostJobs} jobs in one stream`, {
    errors: [{ path: 'jobs', message: `${ids.length} are too many` }],
  });
}

/** Ids are the seq. An unknown job is a 404 and no stream, to which a client would come back for ever; so the watching begins before the stream. */
async function oneJob(
  { jobs, live, hub }: Sources,
  { req, res, jobId, ...wanted }: Watching & { jobId: string; live: boolean },
): Promise<void> {
  const had = req.get('last-event-id') ?? '';
  const early: ((stream: EventStream) => void)[] = [];
  let say = (message: (stream: EventStream) => void): void => void early.push(message);
  const viewer: JobViewer = {
    snapshot: (state) => say((stream) => stream.push('snapshot', { jobId, state }, String(state.seq))),
    event: (event) => say((stream) => stream.push('event', { jobId, event }, String(event.seq))),
    queuePlace: (queuePlace) => say((stream) => stream.tell('progress', { jobId, queuePlace })),
    artifact: (artifact) => say((stream) => stream.tell('artifact', { jobId, artifact })),
  };
  const leave = await jobs.watch(jobId, viewer, /^\d{1,9}$/.test(had) ? Number(had) : undefined);
  if (!leave) throw noSuchJob(jobId);
  try {
    const stream = await hub.open(req, res);
    stream.onClose(leave);
    say = (message) => message(stream);
    early.forEach(say);
    if (wanted.live) showLive(live, jobId, stream);
  } catch (error) {
    leave();
    throw error;
  }
}

function showLive(live: LiveSources, jobId: string, stream: EventStream): void {
  const leave = live.watch(jobId, {
    live: (now) => stream.tell('live', now),
    frame: (message) => stream.show(jobId, message),
    forget: () => stream.drop(jobId),
  });
  stream.onClose(leave);
}

/** Ids name the position in everything that is watched; opaque to clients. */
async function multiplex(
  { jobs, list, live, hub }: Sources,
  { req, res, ...wanted }: Watching & { list: boolean; jobIds: string[]; liveIds: string[] },
): Promise<void> {
  const stream = await hub.open(req, res);
  const had = decodePosition(stream.lastId);
  const position: Position = { seqs: new Map(), at: Date.now() };
  for (const id of wanted.jobIds) if (had?.seqs.has(id)) position.seqs.set(id, had.seqs.get(id) ?? 0);
  const push = (event: string, data: unknown): void => stream.push(event, data, encodePosition(position));
  const moved = (jobId: string, seq: number): void => void position.seqs.set(jobId, seq);
  const listed = { row: (row: unknown) => pushNow('job', row), counts: (counts: unknown) => pushNow('counts', counts) };
  function pushNow(event: string, data: unknown): void {
    position.at = Date.now();
    push(event, data);
  }
  const watchOne = async (jobId: string): Promise<void> => {
    const viewer: JobViewer = {
      snapshot: (state) => (moved(jobId, state.seq), push('snapshot', { jobId, state })),
      event: (event) => (moved(jobId, event.seq), push('event', { jobId, event })),
      queuePlace: (queuePlace) => stream.tell('progress', { jobId, queuePlace }),
      artifact: (artifact) => stream.tell('artifact', { jobId, artifact }),
    };
    await follow(
      stream,
      () => jobs.watch(jobId, viewer, had?.seqs.get(jobId)),
      () => push('gone', { jobId }),
    );
  };
  const since = had ? new Date(had.at) : undefined;
  await Promise.all([...(wanted.list ? [follow(stream, () => list.watch(listed, since))] : []), ...wanted.jobIds.map(watchOne)]);
  if (stream.ended) return;
  push('ready', { at: new Date().toISOString() });
  for (const jobId of wanted.liveIds) showLive(live, jobId, stream);
}

/** Watches until the client leaves, also when it leaves before the watching has begun. A job that cannot be read now ends the stream: the client comes back. */
async function follow(stream: EventStream, watch: () => Promise<(() => void) | undefined>, onUnknown?: () => void): Promise<void> {
  try {
    const leave = await watch();
    if (leave) stream.onClose(leave);
    else onUnknown?.();
  } catch {
    stream.end();
  }
}
