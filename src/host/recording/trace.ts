/** Playwright's trace of a job's work context. The host owns it, so it has what all workers did, across their deaths. */
import { rmSync } from 'node:fs';
import type { BrowserContext } from 'playwright';
import type { Log } from '../../log.ts';
import { maskTrace, TraceTooLarge, traceLimits, type TraceLimits } from './mask-trace.ts';
import { fileOf, keepNote, rawFileOf, writeNote, type Note } from './notes.ts';
import { createTraceMasks } from './trace-masks.ts';
import { withinTime } from './within-time.ts';

type TraceOptions = { context: BrowserContext; folder: string; note: Note; log: Log; limits?: TraceLimits };

/** How long the browser may take to hand the trace over: its close waits for that. */
const handOverMs = 8000;

export class TraceRecording {
  /** Resolves with what became of it, after `stop` or `lost`. Never rejects. */
  readonly finished: Promise<Note>;
  readonly #options: TraceOptions;
  #settle: (note: Note) => void = () => undefined;
  #ending = false;

  private constructor(options: TraceOptions) {
    this.#options = options;
    this.finished = new Promise((resolve) => (this.#settle = resolve));
  }

  /** @throws Error when the browser does not begin one, or the disk is full */
  static async start(options: TraceOptions): Promise<TraceRecording> {
    writeNote(options.folder, options.note);
    await options.context.tracing.start({ snapshots: true, screenshots: false, sources: false });
    return new TraceRecording(options);
  }

  /** Resolves when the browser may be closed. The masking goes on: see `finished`. Never rejects. */
  async stop(secrets: readonly string[]): Promise<void> {
    if (this.#ending) return;
    this.#ending = true;
    const { context, folder, note, log } = this.#options;
    const raw = rawFileOf(folder, note);
    try {
      await withinTime(context.tracing.stop({ path: raw }), handOverMs);
    } catch (error) {
      log.warn({ error: String(error).slice(0, 200) }, 'a trace could not be taken');
      rmSync(raw, { force: true });
      return this.#finish('The trace is missing: the browser did not hand it over.');
    }
    void this.#mask(raw, secrets);
  }

  /** The browser has ended by itself. */
  lost(): void {
    if (this.#ending) return;
    this.#ending = true;
    this.#finish('The trace is missing: the browser crashed, and what it had recorded is gone with it.');
  }

  async #mask(raw: string, secrets: readonly string[]): Promise<void> {
    const { folder, note, log, limits = traceLimits } = this.#options;
    const file = fileOf(folder, note);
    try {
      await maskTrace({ raw, file, masks: createTraceMasks(secrets), limits });
      this.#finish();
    } catch (error) {
      rmSync(file, { force: true });
      if (!(error instanceof TraceTooLarge)) log.warn({ error: String(error).slice(0, 200) }, 'a trace could not be masked');
      this.#finish(
        error instanceof TraceTooLarge ? tooLarge(limits) : 'The trace is missing: it could not be written with its secrets masked.',
      );
    } finally {
      rmSync(raw, { force: true });
    }
  }

  #finish(missing?: string): void {
    const note: Note = { ...this.#options.note, state: 'finished', ...(missing !== undefined && { missing }) };
    keepNote(this.#options.folder, note, this.#options.log);
    this.#settle(note);
  }
}

const tooLarge = ({ bytes }: TraceLimits): string =>
  `The trace is missing: it is larger than what is kept (${Math.round(bytes / 1_000_000)} MB).`;
