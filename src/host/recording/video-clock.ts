/** Which tick of a video shows what: a grid of equal ticks, from which long idle stretches are cut. Pure: told the time, it says how many ticks have passed. */
import type { VideoSegment } from '../../contract/evidence.ts';

export const tickMs = 200;
/** How long the page stays in the video when nothing runs any more, so that one sees what came of the last step. */
export const lingerMs = 3000;

type Segment = { at: number; tick: number };

export class VideoClock {
  readonly #segments: Segment[];
  #tick = 0;
  #idleSince: number | null;

  /** @param start when the first picture came, in ms since the epoch; nothing runs yet */
  constructor(start: number, working: boolean) {
    this.#segments = [{ at: start, tick: 0 }];
    this.#idleSince = working ? null : start;
  }

  get segments(): VideoSegment[] {
    return this.#segments.map(({ at, tick }) => ({ at: new Date(at).toISOString(), ms: tick * tickMs }));
  }

  /** The ticks that have passed since it was asked last. */
  advance(now: number): number {
    const { at, tick } = this.#segment();
    const until = this.#idleSince === null ? now : Math.min(now, this.#idleSince + lingerMs);
    const passed = Math.max(0, tick + Math.floor((until - at) / tickMs) - this.#tick);
    this.#tick += passed;
    return passed;
  }

  /** Something begins to run, or nothing runs any more: call `advance` before. @returns whether a stretch was cut out */
  working(isWorking: boolean, now: number): boolean {
    const since = this.#idleSince;
    this.#idleSince = isWorking ? null : (since ?? now);
    if (!isWorking || since === null || now - since <= lingerMs) return false;
    const segment = { at: now, tick: this.#tick };
    if (this.#segment().tick === this.#tick) this.#segments.pop();
    this.#segments.push(segment);
    return true;
  }

  #segment(): Segment {
    const segment = this.#segments.at(-1);
    if (!segment) throw new Error('a video has no beginning');
    return segment;
  }
}
