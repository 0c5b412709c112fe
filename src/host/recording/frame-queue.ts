/** Pictures on their way to the encoder, each with how many ticks it stands. Bounded: when the encoder does not keep up, the newest picture replaces the one before. */
type Run = { jpeg: Buffer; ticks: number };

/** Different pictures that may wait: two seconds of a page that moves. */
const mostWaiting = 10;

export class FrameQueue {
  readonly #runs: Run[] = [];

  add(jpeg: Buffer, ticks: number): void {
    if (ticks === 0) return;
    const last = this.#runs.at(-1);
    if (last && (last.jpeg === jpeg || this.#runs.length >= mostWaiting)) {
      last.ticks += ticks;
      last.jpeg = jpeg;
    } else this.#runs.push({ jpeg, ticks });
  }

  /** The picture of the next tick; undefined: none waits. */
  take(): Buffer | undefined {
    const [first] = this.#runs;
    if (!first) return undefined;
    first.ticks -= 1;
    if (first.ticks === 0) this.#runs.shift();
    return first.jpeg;
  }
}
