/** One ffmpeg and what is on its way to it. Writes as fast as it reads, never more. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { startEncoder, type Size } from './ffmpeg.ts';
import { FrameQueue } from './frame-queue.ts';

/** What it says is only for the log. */
const mostSaid = 1000;
/** How long it may take to finish the file when it is hurried. */
const finishMs = 3000;

export class Encoder {
  /** Null: it ended as it was asked to. Otherwise what ended it. Never rejects. */
  readonly ended: Promise<string | null>;
  readonly #child: ChildProcess;
  readonly #stdin: Writable;
  readonly #queue = new FrameQueue();
  #pumping = false;
  #closing = false;

  constructor({ ffmpeg, file, size }: { ffmpeg: string; file: string; size: Size }) {
    this.#child = startEncoder(ffmpeg, file, size);
    const { stdin, stderr } = this.#child;
    if (!stdin || !stderr) throw new Error('ffmpeg has no pipes');
    this.#stdin = stdin;
    let said = '';
    stderr.on('data', (text: Buffer) => (said = (said + text.toString()).slice(-mostSaid)));
    // the end of the process says what there is to say
    stdin.on('error', () => undefined);
    this.ended = new Promise((resolve) => {
      this.#child.once('error', (error) => resolve(error.message));
      this.#child.once('close', (code, signal) =>
        resolve(code === 0 && this.#closing ? null : `${signal ?? `code ${code}`}: ${said.trim()}`),
      );
    });
  }

  /** The picture stands for so many ticks. */
  add(jpeg: Buffer, ticks: number): void {
    this.#queue.add(jpeg, ticks);
    void this.#pump();
  }

  /** What waits is still written, then the file is finished: see `ended`. */
  close(): void {
    this.#closing = true;
    void this.#pump();
  }

  /** It takes too long: finishes the file with what it has. */
  hurry(): void {
    this.#child.kill('SIGTERM');
    const kill = setTimeout(() => this.#child.kill('SIGKILL'), finishMs);
    void this.ended.then(() => clearTimeout(kill));
  }

  async #pump(): Promise<void> {
    if (this.#pumping) return;
    this.#pumping = true;
    for (let jpeg = this.#queue.take(); jpeg && this.#stdin.writable; jpeg = this.#queue.take()) {
      if (!this.#stdin.write(jpeg)) await Promise.race([once(this.#stdin, 'drain').catch(() => undefined), this.ended]);
    }
    this.#pumping = false;
    if (this.#closing) this.#stdin.end();
  }
}
