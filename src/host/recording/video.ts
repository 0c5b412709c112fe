/** A video of what a job's browser shows: pictures of the capture, as they come, through ffmpeg. */
import type { Log } from '../../log.ts';
import type { Capture, CapturedFrame } from '../capture/capture.ts';
import { Encoder } from './encoder.ts';
import { videoSize } from './ffmpeg.ts';
import { fileOf, keepNote, writeNote, type Note } from './notes.ts';
import { VideoClock } from './video-clock.ts';
import { webmDuration } from './webm-duration.ts';

type VideoOptions = { ffmpeg: string; folder: string; note: Note; capture: Pick<Capture, 'watch'>; log: Log };

/** A quiet page is written this often, so that a host that is killed loses no more of it. */
const flushMs = 10_000;
const patienceMs = 15_000;

/** Of a job that was parked: it may well have a video of another browser. */
const none = 'There is no video of one browser of the job';
const noPicture = `${none}: its page gave no picture.`;

export class Video {
  /** Resolves with what became of it, after `end` or when ffmpeg has died. Never rejects. */
  readonly finished: Promise<Note>;
  readonly #options: VideoOptions;
  readonly #leave: () => void;
  readonly #flushing: NodeJS.Timeout;
  #settle: (note: Note) => void = () => undefined;
  #started: { encoder: Encoder; clock: VideoClock } | undefined;
  #held: Buffer | undefined;
  #working = false;
  #ending = false;

  /** @throws Error when the disk is full */
  constructor(options: VideoOptions) {
    this.#options = options;
    this.finished = new Promise((resolve) => (this.#settle = resolve));
    writeNote(options.folder, options.note);
    this.#leave = options.capture.watch({ frame: (frame) => this.#take(frame), quiet: () => undefined });
    this.#flushing = setInterval(() => this.#advance(), flushMs).unref();
  }

  /** A step begins to run, or none does any more. */
  working(isWorking: boolean): void {
    if (isWorking === this.#working) return;
    this.#working = isWorking;
    this.#advance();
    if (this.#started?.clock.working(isWorking, Date.now())) this.#write({ state: 'recording' });
  }

  /** No more pictures: what there is becomes a file, see `finished`. */
  end(): void {
    if (this.#ending) return;
    this.#stop();
    const { encoder, clock } = this.#started ?? {};
    if (!encoder || !clock || !this.#held) return this.#settle(this.#write({ state: 'finished', missing: noPicture }));
    // the last picture is seen, however late it came
    encoder.add(this.#held, Math.max(1, clock.advance(Date.now())));
    encoder.close();
    const hurry = setTimeout(() => encoder.hurry(), patienceMs);
    void encoder.ended.then(() => clearTimeout(hurry));
  }

  #take(frame: CapturedFrame): void {
    if (this.#ending) return;
    this.#started ??= this.#start(frame);
    this.#advance(frame.at);
    this.#held = frame.jpeg;
  }

  #start(frame: CapturedFrame): { encoder: Encoder; clock: VideoClock } {
    const { ffmpeg, folder, note } = this.#options;
    const encoder = new Encoder({ ffmpeg, file: fileOf(folder, note), size: videoSize(frame) });
    this.#started = { encoder, clock: new VideoClock(frame.at, this.#working) };
    this.#write({ state: 'recording' });
    void encoder.ended.then((failure) => this.#finish(failure));
    return this.#started;
  }

  #advance(now = Date.now()): void {
    if (!this.#started || !this.#held) return;
    this.#started.encoder.add(this.#held, this.#started.clock.advance(now));
  }

  #finish(failure: string | null): void {
    const { folder, note, log } = this.#options;
    if (failure !== null && !this.#ending) this.#stop();
    const durationMs = webmDuration(fileOf(folder, note)) ?? undefined;
    if (failure !== null) log.warn({ failure, durationMs }, 'ffmpeg has not written all of a video');
    const missing = missingOf(durationMs, failure !== null);
    this.#settle(this.#write({ state: 'finished', durationMs, ...(missing !== undefined && { missing }) }));
  }

  #stop(): void {
    this.#ending = true;
    this.#leave();
    clearInterval(this.#flushing);
  }

  #write(change: Pick<Note, 'state' | 'durationMs' | 'missing'>): Note {
    const segments = this.#started?.clock.segments;
    const note: Note = {
      ...this.#options.note,
      ...(segments && { segments, startedAt: segments[0]?.at ?? this.#options.note.startedAt }),
      ...change,
    };
    keepNote(this.#options.folder, note, this.#options.log);
    return note;
  }
}

function missingOf(durationMs: number | undefined, early: boolean): string | undefined {
  if (durationMs === undefined) return `${none}: ffmpeg could not write it.`;
  return early ? 'The video ends early: ffmpeg stopped before all of it was written.' : undefined;
}
