/** The job's memory: numbers the events, reduces them, keeps the last ones for queries, and stores them by the projection. */
import { condition } from '@temporalio/workflow';
import type { JobEvent, JobEventBody } from '../contract/event.ts';
import type { JobHeader, JobState } from '../contract/job.ts';
import { headerOf, reduce } from '../domain/reduce.ts';
import { barOf, lineOf } from '../domain/row.ts';
import { patientProjection, projection } from './activities.ts';
import type { EventsSince } from './messages.ts';

/** Enough for a reader who lags behind the store; a query's answer must stay far below 2 MB. */
const kept = 200;
/** Local activity arguments are part of the history. */
const batch = 100;

export type CarriedLog = { state: JobState };

export class JobLog {
  #state: JobState | undefined;
  #recent: JobEvent[] = [];
  #acked: number;
  #closing = false;
  #stored: Promise<void> | undefined;
  /** called after every event */
  onChange: (state: JobState) => void = () => undefined;
  readonly #jobId: string;

  constructor(jobId: string, carried?: CarriedLog) {
    this.#jobId = jobId;
    this.#state = carried?.state;
    this.#acked = carried?.state.seq ?? 0;
  }

  get state(): JobState {
    if (!this.#state) throw new RangeError('the log is empty');
    return this.#state;
  }

  get header(): JobHeader {
    return headerOf(this.state);
  }

  get isEmpty(): boolean {
    return !this.#state;
  }

  emit(body: JobEventBody, at = new Date().toISOString()): void {
    const event = { ...body, seq: (this.#state?.seq ?? 0) + 1, at };
    this.#state = reduce(this.#state, event);
    this.#recent.push(event);
    this.onChange(this.#state);
    const spare = this.#recent.length - kept;
    const settled = this.#recent.findIndex((e) => e.seq > this.#acked);
    if (spare > 0) this.#recent.splice(0, Math.min(spare, settled < 0 ? this.#recent.length : settled));
  }

  eventsSince(seq: number): EventsSince {
    const events = this.#recent.filter((event) => event.seq > seq).slice(0, kept);
    const last = this.#state?.seq ?? 0;
    return { events, complete: seq >= last || events[0]?.seq === seq + 1 };
  }

  /** Starts storing. One batch at a time: all events of a workflow task travel together. */
  open(): void {
    this.#stored = this.#store();
  }

  /** Waits until everything is stored, but at most 30 s: then the reconciler of the api has to finish it. */
  async close(): Promise<void> {
    this.#closing = true;
    await condition(() => this.isStored, '30s');
    if (this.isStored) await this.#stored;
  }

  get isStored(): boolean {
    return this.#acked === (this.#state?.seq ?? 0);
  }

  /** What continue-as-new carries: captured values and diagnostics stay in the store. */
  carry(): CarriedLog {
    const steps = this.state.steps.map(({ page: _page, error: _error, ...step }) => ({ ...step, captures: [] }));
    return { state: { ...this.state, steps } };
  }

  async #store(): Promise<void> {
    let storeIsAway = false;
    for (;;) {
      await condition(() => !this.isStored || this.#closing);
      if (this.isStored) return;
      const events = this.#recent.filter((event) => event.seq > this.#acked).slice(0, batch);
      const task = { jobId: this.#jobId, header: this.header, events, line: lineOf(this.state), bar: barOf(this.state.steps) };
      const { project } = storeIsAway ? patientProjection : projection;
      try {
        await project(task);
        this.#acked = events.at(-1)?.seq ?? this.#acked;
        storeIsAway = false;
      } catch {
        storeIsAway = true;
      }
    }
  }
}
