/** A job's events as they come, over connections that may break. */
import { setTimeout as wait } from 'node:timers/promises';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import type { JobEvent } from '../contract/event.ts';
import type { JobState } from '../contract/job.ts';
import { isOver } from '../domain/decide.ts';
import { reduce } from '../domain/reduce.ts';
import type { ApiClient } from './api-client.ts';
import { CommandError, exit } from './exit.ts';

export type Watcher = {
  /** `before` is undefined for the first state. After a break one change may be that of many events. */
  changed(state: JobState, before: JobState | undefined): void;
  queuePlace(place: number | null): void;
  /** The connection broke: `reason` in words; null when it is there again. */
  connection(reason: string | null): void;
};

export type Following = { jobId: string; watcher: Watcher; signal: AbortSignal; limits?: Partial<typeof defaultLimits> };

/** ms. The server says something every 15 seconds: a connection that is silent for longer is dead. */
const defaultLimits = { silence: 45_000, lost: 120_000, firstPause: 250, longestPause: 5_000 };

type Message = { event?: string; data: string; id?: string };
/** The stream will never come: no other attempt would help. */
class NoStream extends Error {}

/** What is heard, put together. */
class Heard {
  state: JobState | undefined;
  private readonly watcher: Watcher;

  constructor(watcher: Watcher) {
    this.watcher = watcher;
  }

  get isOver(): boolean {
    return this.state !== undefined && isOver(this.state.status);
  }

  take({ event: type, data }: Message): void {
    const before = this.state;
    if (type === 'snapshot') this.state = (JSON.parse(data) as { state: JobState }).state;
    else if (type === 'event') this.state = reduce(before, (JSON.parse(data) as { event: JobEvent }).event);
    else if (type === 'progress') this.watcher.queuePlace((JSON.parse(data) as { queuePlace: number | null }).queuePlace);
    if (this.state && this.state !== before) this.watcher.changed(this.state, before);
  }
}

async function open(api: ApiClient, { jobId, signal }: Following, lastSeq: number | undefined): Promise<ReadableStream<Uint8Array>> {
  const headers: Record<string, string> = {
    accept: 'text/event-stream',
    ...(lastSeq !== undefined && { 'last-event-id': String(lastSeq) }),
  };
  const response = await api.get(`/api/jobs/${encodeURIComponent(jobId)}/events`, { headers, signal });
  if (response.status === 404) throw new NoStream(`the server does not know the job ${jobId} any more`);
  if (!response.ok || !response.body) {
    await response.body?.cancel();
    throw new Error(`the server answered ${response.status}`);
  }
  return response.body;
}

/** Reads one connection to its end. @throws when it breaks, or is silent for too long */
async function listen(api: ApiClient, following: Following, { heard, silence }: { heard: Heard; silence: number }): Promise<void> {
  const dead = new AbortController();
  let timer = setTimeout(() => dead.abort(), silence);
  try {
    const signal = AbortSignal.any([following.signal, dead.signal]);
    const body = await open(api, { ...following, signal }, heard.state?.seq);
    following.watcher.connection(null);
    const decoder = new TextDecoder();
    const alive = new TransformStream<Uint8Array, string>({
      transform(chunk, controller) {
        timer = (clearTimeout(timer), setTimeout(() => dead.abort(), silence));
        controller.enqueue(decoder.decode(chunk, { stream: true }));
      },
    });
    const messages = body.pipeThrough(alive).pipeThrough(new EventSourceParserStream());
    for await (const message of messages) {
      heard.take(message);
      if (heard.isOver) return;
    }
  } catch (error) {
    throw dead.signal.aborted ? new Error('nothing came any more', { cause: error }) : error;
  } finally {
    clearTimeout(timer);
  }
}

const inWords = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * Tells the watcher of every change until the job is over, and gives its last state. A connection that breaks is made again and resumes behind what was heard.
 * @throws CommandError unreachable, after two minutes without a connection or when the job is not known; the signal's reason when it is aborted
 */
export async function followJob(api: ApiClient, following: Following): Promise<JobState> {
  const { watcher, signal, jobId } = following;
  const limits = { ...defaultLimits, ...following.limits };
  const heard = new Heard(watcher);
  let heardAt = Date.now();
  for (let pause = limits.firstPause; ; pause = Math.min(pause * 2, limits.longestPause)) {
    const before = heard.state;
    try {
      await listen(api, following, { heard, silence: limits.silence });
      if (heard.state && heard.isOver) return heard.state;
      watcher.connection('the server ended the connection');
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof NoStream) throw new CommandError(inWords(error), exit.unreachable, { cause: error });
      watcher.connection(inWords(error));
    }
    if (heard.state !== before) {
      pause = limits.firstPause;
      heardAt = Date.now();
    }
    if (Date.now() - heardAt > limits.lost) throw lost(jobId, limits.lost);
    await wait(pause, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

const lost = (jobId: string, ms: number): CommandError =>
  new CommandError(`The server was not reached for ${ms / 1_000} s. The job ${jobId} goes on without this command.`, exit.unreachable);
