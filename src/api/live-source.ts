/** What the browsers of watched jobs show: one connection to the browser host for each job, however many watch it, and only while somebody does. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Doing, LiveFrame, LiveState } from '../contract/evidence.ts';
import type { HostLiveMessage } from '../host/protocol.ts';
import type { ApiDependencies } from './dependencies.ts';

export type Live = { jobId: string; state: LiveState; since: number; doing: Doing | null };
/** `frame`: a whole `screenshot` message as it goes over the wire, made once for all viewers. */
export type LiveViewer = {
  live(live: Live): void;
  frame(message: Buffer): void;
  /** frames that are on their way are not to be shown any more */
  forget(): void;
};
export type LiveSources = {
  /** What is known comes at once, then what changes. @returns ends it */
  watch(jobId: string, viewer: LiveViewer): () => void;
  /** jobs whose pictures come at present */
  readonly watched: number;
  close(): void;
};

/** A page that is loaded again must not make the host begin anew. */
const graceMs = 1_000;
const pausesMs = [250, 500, 1_000, 2_000, 5_000];

export function createLiveSources({ watchHost }: Pick<ApiDependencies, 'watchHost'>): LiveSources {
  const sources = new Map<string, LiveSource>();
  return {
    watch(jobId, viewer) {
      const source = sources.get(jobId) ?? new LiveSource(jobId, watchHost, () => sources.delete(jobId));
      sources.set(jobId, source);
      return source.join(viewer);
    },
    get watched() {
      return sources.size;
    },
    close() {
      for (const source of sources.values()) source.end();
    },
  };
}

class LiveSource {
  readonly #jobId: string;
  readonly #onEnd: () => void;
  readonly #over = new AbortController();
  readonly #viewers = new Set<LiveViewer>();
  /** undefined: the host has not been heard yet */
  #live: Live | undefined;
  #message: Buffer | undefined;
  #grace: NodeJS.Timeout | undefined;

  constructor(jobId: string, watchHost: ApiDependencies['watchHost'], onEnd: () => void) {
    this.#jobId = jobId;
    this.#onEnd = onEnd;
    void this.#follow(watchHost);
  }

  join(viewer: LiveViewer): () => void {
    clearTimeout(this.#grace);
    this.#viewers.add(viewer);
    if (this.#live) viewer.live(this.#live);
    if (this.#message) viewer.frame(this.#message);
    return () => {
      this.#viewers.delete(viewer);
      if (this.#viewers.size === 0) this.#grace = setTimeout(() => this.end(), graceMs);
    };
  }

  end(): void {
    clearTimeout(this.#grace);
    this.#over.abort();
    this.#onEnd();
  }

  async #follow(watchHost: ApiDependencies['watchHost']): Promise<void> {
    const { signal } = this.#over;
    for (let failures = 0; !signal.aborted; failures += 1) {
      const heard = (message: HostLiveMessage): void => {
        failures = 0;
        this.#take(message);
      };
      await watchHost(this.#jobId, heard, signal).catch(() => undefined);
      if (signal.aborted) return;
      this.#become({ state: 'unreachable', since: Date.now(), doing: null });
      await wait(pausesMs[Math.min(failures, pausesMs.length - 1)], undefined, { signal }).catch(() => undefined);
    }
  }

  #take(message: HostLiveMessage): void {
    if (message.type === 'frame') return this.#show(message);
    if (message.type === 'forget') return this.#forget();
    if (message.type === 'state') this.#become({ state: message.state, since: message.since });
    else this.#become({ doing: message.doing });
  }

  #become(change: Partial<Live>): void {
    const live = { ...(this.#live ?? { jobId: this.#jobId, state: 'none', since: Date.now(), doing: null }), ...change };
    this.#live = live;
    // what a browser showed that is gone is old
    if (live.state === 'none' || live.state === 'off') this.#forget();
    for (const viewer of [...this.#viewers]) viewer.live(live);
  }

  #forget(): void {
    this.#message = undefined;
    for (const viewer of [...this.#viewers]) viewer.forget();
  }

  #show(frame: HostFrame): void {
    this.#message = this.#encode(frame);
    for (const viewer of [...this.#viewers]) viewer.frame(this.#message);
  }

  #encode({ type: _type, ...shown }: HostFrame): Buffer {
    const frame: LiveFrame = { ...shown, sentAt: Date.now(), doing: this.#live?.doing ?? null };
    return Buffer.from(`event: screenshot\ndata: ${JSON.stringify({ jobId: this.#jobId, frame })}\n\n`);
  }
}

type HostFrame = Extract<HostLiveMessage, { type: 'frame' }>;
