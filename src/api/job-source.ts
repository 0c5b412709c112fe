/** One source per watched job, however many watch it. The doorbell is NOTIFY; only while Postgres is away is the workflow's query asked, once a second. */
import type { Artifact } from '../contract/artifact.ts';
import type { JobEvent } from '../contract/event.ts';
import type { JobState } from '../contract/job.ts';
import { findArtifact } from '../db/artifacts.ts';
import { findEventsAfter } from '../db/job-events.ts';
import { findJob } from '../db/jobs.ts';
import { isOver } from '../domain/decide.ts';
import type { Notice } from '../db/notify.ts';
import { reduce } from '../domain/reduce.ts';
import type { ApiDependencies } from './dependencies.ts';
import { eventsOfWorkflow, readTimeline, type Timeline } from './job-reader.ts';
import { createQueuePlaces, type QueuePlaces } from './queue-places.ts';

type Deps = Pick<ApiDependencies, 'database' | 'gateway' | 'notifications' | 'log'>;

/**
 * Called in one tick with everything up to now, later with every event; seqs are contiguous. `queuePlace` comes while the job waits for a browser, and once with
 * null when it does not any more.
 */
export type JobViewer = {
  snapshot(state: JobState): void;
  event(event: JobEvent): void;
  queuePlace(place: number | null): void;
  artifact(artifact: Artifact): void;
};

export type JobSources = {
  /**
   * Watches a job. `after` is the seq that the viewer has: it gets what follows, or a snapshot when it has none that fits.
   * @returns ends the watching; undefined when there is no such job
   */
  watch(jobId: string, viewer: JobViewer, after?: number): Promise<(() => void) | undefined>;
  /** jobs that are being watched */
  readonly watched: number;
  close(): void;
};

const pollMs = 1_000;

export function createJobSources(deps: Deps, options: { pollMs?: number } = {}): JobSources {
  const sources = new Map<string, JobSource>();
  const places = createQueuePlaces(deps);
  const ring = (notice: Notice): void => {
    if (notice.type === 'changed') sources.get(notice.jobId)?.ring(notice.seq);
    else if (notice.type === 'artifact') void sources.get(notice.jobId)?.tellArtifact(notice.id);
    else for (const source of sources.values()) source.ring();
  };
  const unsubscribe = deps.notifications.subscribe(ring);
  return {
    async watch(jobId, viewer, after) {
      const source = sources.get(jobId) ?? new JobSource({ ...deps, places }, jobId, options.pollMs ?? pollMs);
      sources.set(jobId, source);
      const leave = await source.join(viewer, after).finally(() => {
        if (source.isIdle && sources.get(jobId) === source) sources.delete(jobId);
      });
      if (!leave) return undefined;
      return () => {
        leave();
        if (source.isIdle && sources.get(jobId) === source) sources.delete(jobId);
      };
    },
    get watched() {
      return sources.size;
    },
    close() {
      unsubscribe();
      places.close();
      for (const source of sources.values()) source.stop();
      sources.clear();
    },
  };
}

type SourceDeps = Deps & { places: QueuePlaces };

class JobSource {
  readonly #deps: SourceDeps;
  readonly #jobId: string;
  readonly #pollMs: number;
  readonly #viewers = new Set<JobViewer>();
  #joining = 0;
  #timeline: Timeline | undefined;
  #opening: Promise<void> | undefined;
  #reading = false;
  #rung = false;
  #timer: NodeJS.Timeout | undefined;
  #place: number | undefined;
  #leaveQueue: (() => void) | undefined;

  constructor(deps: SourceDeps, jobId: string, interval: number) {
    this.#deps = deps;
    this.#jobId = jobId;
    this.#pollMs = interval;
  }

  get isIdle(): boolean {
    return this.#viewers.size === 0 && this.#joining === 0;
  }

  async join(viewer: JobViewer, after: number | undefined): Promise<(() => void) | undefined> {
    this.#joining += 1;
    try {
      await (this.#opening ??= this.#open());
    } finally {
      this.#joining -= 1;
    }
    if (!this.#timeline) return undefined;
    // From here to the end nothing awaits: what comes later reaches the viewer as events.
    this.#viewers.add(viewer);
    replay(this.#timeline, viewer, after);
    if (this.#place !== undefined) viewer.queuePlace(this.#place);
    this.#followQueue();
    return () => {
      this.#viewers.delete(viewer);
      if (this.isIdle) this.stop();
    };
  }

  /** There may be events up to `seq`, or nobody knows how many. */
  ring(seq = Infinity): void {
    if (this.#timeline && seq <= this.#timeline.state.seq) return;
    this.#rung = true;
    if (!this.#reading && this.#timeline) void this.#read();
  }

  /** A file of the job is there. What is missed while the store is away, clients read again by themselves: they list files after every reconnect. */
  async tellArtifact(id: string): Promise<void> {
    const artifact = await findArtifact(this.#deps.database.db, this.#jobId, id).catch(() => undefined);
    if (artifact) for (const viewer of [...this.#viewers]) viewer.artifact(artifact);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#viewers.clear();
    this.#unfollowQueue();
  }

  #unfollowQueue(): void {
    this.#leaveQueue?.();
    this.#leaveQueue = undefined;
    this.#place = undefined;
  }

  #tellPlace(place: number | null): void {
    for (const viewer of this.#viewers) viewer.queuePlace(place);
  }

  /** After everything that may have changed the status. */
  #followQueue(): void {
    const queued = this.#timeline?.state.status === 'queued';
    if (queued === (this.#leaveQueue !== undefined)) return;
    if (!queued) {
      this.#unfollowQueue();
      return this.#tellPlace(null);
    }
    this.#leaveQueue = this.#deps.places.follow(this.#jobId, (place) => {
      this.#place = place;
      this.#tellPlace(place);
    });
  }

  async #open(): Promise<void> {
    try {
      this.#timeline = await readTimeline(this.#deps, this.#jobId);
    } catch (error) {
      this.#opening = undefined;
      throw error;
    }
    // A ring between the reading of the store and now must not be lost.
    if (this.#timeline && (this.#rung || !this.#deps.notifications.up)) void this.#read();
  }

  async #read(): Promise<void> {
    this.#reading = true;
    let failed = false;
    while (this.#rung && !failed) {
      this.#rung = false;
      try {
        await this.#completeTimeline();
        for (const event of await this.#fetch()) this.#push(event);
      } catch (err) {
        failed = true;
        this.#deps.log.debug({ err, jobId: this.#jobId }, 'a watched job could not be read; it is tried again');
      }
    }
    this.#reading = false;
    if (failed || !this.#deps.notifications.up) this.#readLater();
  }

  /** What began without the store has only the end of the timeline: once the store is back, viewers get all of it. */
  async #completeTimeline(): Promise<void> {
    if (!this.#timeline?.base || !this.#deps.notifications.up) return;
    const whole = await readTimeline(this.#deps, this.#jobId);
    if (!whole || whole.base > 0 || whole.state.seq < this.#timeline.state.seq) return;
    this.#timeline = whole;
    for (const viewer of this.#viewers) viewer.snapshot(whole.state);
    this.#followQueue();
  }

  /** After an outage the store may know more than the workflow remembers, and the other way round. */
  async #fetch(): Promise<JobEvent[]> {
    const { seq } = this.#timeline?.state ?? { seq: 0 };
    if (!this.#deps.notifications.up) return eventsOfWorkflow(this.#deps.gateway, this.#jobId, { after: seq });
    const stored = await findEventsAfter(this.#deps.database.db, this.#jobId, seq);
    if (stored.length > 0) return stored;
    const job = await findJob(this.#deps.database.db, this.#jobId);
    return job && job.header.seq > seq ? eventsOfWorkflow(this.#deps.gateway, this.#jobId, { after: seq }) : [];
  }

  #push(event: JobEvent): void {
    const timeline = this.#timeline;
    if (!timeline || event.seq !== timeline.state.seq + 1) return;
    timeline.state = reduce(timeline.state.seq === 0 ? undefined : timeline.state, event);
    timeline.events.push(event);
    for (const viewer of this.#viewers) viewer.event(event);
    this.#followQueue();
  }

  #readLater(): void {
    clearTimeout(this.#timer);
    if (this.isIdle || !this.#timeline || isOver(this.#timeline.state.status)) return;
    this.#timer = setTimeout(() => this.ring(), this.#pollMs);
  }
}

/** What the viewer lacks; everything when it has nothing, or something that we do not know. */
function replay({ state, base, events }: Timeline, viewer: JobViewer, after: number | undefined): void {
  if (after === undefined || after < base || after > state.seq) return viewer.snapshot(state);
  for (const event of events) if (event.seq > after) viewer.event(event);
}
