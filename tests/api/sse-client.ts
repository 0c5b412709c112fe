/** A real EventSource that collects what it hears. */
import { EventSource } from 'eventsource';
import { vi } from 'vitest';

export type Heard = { type: string; data: Record<string, unknown>; id: string };
export type SseClient = {
  heard: Heard[];
  of(type: string): Heard[];
  until(condition: (heard: Heard[]) => boolean): Promise<void>;
  close(): void;
};

const types = ['snapshot', 'event', 'job', 'counts', 'ready', 'gone', 'progress', 'artifact', 'live', 'screenshot'];

export function listen(url: string, lastId?: string): SseClient {
  const headers: Record<string, string> = lastId === undefined ? {} : { 'last-event-id': lastId };
  const source = new EventSource(url, { fetch: (input, init) => fetch(input, { ...init, headers: { ...headers, ...init.headers } }) });
  const heard: Heard[] = [];
  for (const type of types) {
    source.addEventListener(type, (event) =>
      heard.push({ type, data: JSON.parse(event.data as string) as Record<string, unknown>, id: event.lastEventId }),
    );
  }
  return {
    heard,
    of: (type) => heard.filter((each) => each.type === type),
    async until(condition) {
      await vi.waitFor(
        () => {
          if (!condition(heard)) throw new Error(`heard only ${JSON.stringify(heard.map((h) => [h.type, h.id])).slice(0, 1_000)}`);
        },
        { timeout: 10_000, interval: 20 },
      );
    },
    close: () => source.close(),
  };
}

/** What a client resumes by: messages of the moment have no id. */
export const lastIdOf = (heard: Heard[]): string | undefined => heard.findLast(({ id }) => id !== '')?.id;

/** The seqs that a client of one job has heard, the snapshot's first. */
export const seqsOf = (heard: Heard[], jobId?: string): number[] =>
  heard
    .filter((each) => (each.type === 'snapshot' || each.type === 'event') && (jobId === undefined || each.data.jobId === jobId))
    .map((each) => ((each.data.event ?? each.data.state) as { seq: number }).seq);

export const rising = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);
