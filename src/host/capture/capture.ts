/** Pictures of the page that a job works in. One capture feeds everybody; nothing runs while nobody watches and no picture is asked for. */
import type { BrowserContext, Page } from 'playwright';
import { createLiveRedactor } from '../../domain/redact.ts';
import type { Log } from '../../log.ts';
import { newestOf, workViewport, type HostPicture } from '../protocol.ts';
import { createCover, type Cover } from './cover.ts';
import { openPageSessions, type PageSessions } from './page-sessions.ts';
import { photograph } from './photograph.ts';
import { startScreencast, type Screencast, type ScreencastFrame } from './screencast.ts';

/** `at`: ms since the epoch, when it was painted; `url`: masked, then cut; `width` and `height` in CSS pixels of the page. */
export type CapturedFrame = { at: number; url: string; width: number; height: number; jpeg: Buffer };
/** `quiet`: the page has not changed since the last frame. `forget`: frames so far may show what nobody may see from now on. */
export type FrameViewer = { frame(frame: CapturedFrame): void; quiet(since: number): void; forget?(): void };
export type Capture = {
  /** The texts that no picture may show; replaces those before. */
  cover(secrets: readonly string[]): void;
  /**
   * Takes pictures for as long as somebody watches, at most four a second and only when the page changes. The last one, when there is one, comes at once.
   * @returns ends the watching
   */
  watch(viewer: FrameViewer): () => void;
  /** The page as it is now. Null: it gave no picture in time, or something could not be covered. Never rejects. */
  picture(): Promise<HostPicture | null>;
  /** frames taken so far */
  readonly frames: number;
  end(): void;
};

const mostText = 2_000;

export const createCapture = (context: BrowserContext, log: Log): Capture => new ContextCapture(context, log);

class ContextCapture implements Capture {
  frames = 0;
  readonly #context: BrowserContext;
  readonly #log: Log;
  readonly #sessions: PageSessions;
  readonly #cover: Cover;
  readonly #viewers = new Set<FrameViewer>();
  readonly #redact = createLiveRedactor();
  #page: Page | undefined;
  #screencast: Screencast | undefined;
  #last: CapturedFrame | undefined;
  #quietSince: number | undefined;

  constructor(context: BrowserContext, log: Log) {
    this.#context = context;
    this.#log = log;
    this.#sessions = openPageSessions(context);
    this.#cover = createCover(context, this.#sessions);
    const follow = (page: Page): void => {
      page.on('close', () => this.#follow());
      this.#follow();
    };
    context.on('page', follow);
    for (const page of context.pages()) page.on('close', () => this.#follow());
  }

  cover(secrets: readonly string[]): void {
    if (!this.#cover.secrets(secrets)) return;
    this.#redact.renew(secrets);
    // so that a document is guarded before anything is typed into it
    for (const page of this.#context.pages()) void this.#cover.scan(page);
    // the last picture may show what nobody may see from now on
    this.#leavePage();
    for (const viewer of [...this.#viewers]) this.#tell(viewer, () => viewer.forget?.());
    this.#follow();
  }

  watch(viewer: FrameViewer): () => void {
    this.#viewers.add(viewer);
    const [last, since] = [this.#last, this.#quietSince];
    this.#tell(viewer, () => {
      if (last) viewer.frame(last);
      if (last && since !== undefined) viewer.quiet(since);
    });
    this.#follow();
    return () => {
      this.#viewers.delete(viewer);
      if (this.#viewers.size === 0) this.#leavePage();
    };
  }

  async picture(): Promise<HostPicture | null> {
    const page = newestOf(this.#context.pages());
    if (!page) return null;
    const taken = await photograph(page, { sessions: this.#sessions, cover: this.#cover });
    if (!taken) return null;
    const { width, height } = page.viewportSize() ?? workViewport;
    return { ...taken, url: this.#text(taken.url), title: this.#text(taken.title), width, height };
  }

  /** A page can make them megabytes long, and every frame carries one. */
  #text(text: string): string {
    return this.#redact(text).slice(0, mostText);
  }

  end(): void {
    this.#viewers.clear();
    this.#leavePage();
  }

  /** Goes to the page that the job works in now. */
  #follow(): void {
    const page = newestOf(this.#context.pages());
    if (this.#viewers.size === 0 || page === this.#page) return;
    this.#screencast?.stop();
    this.#quietSince = undefined;
    this.#page = page;
    this.#screencast =
      page &&
      startScreencast({
        session: () => this.#sessions.of(page),
        witness: () => this.#cover.witness(page),
        onFrame: (frame) => this.#take(page, frame),
        onQuiet: () => this.#tellQuiet(),
        onError: (error) => this.#log.debug({ error: String(error) }, 'no screencast of a page'),
      });
  }

  #take(page: Page, { at, jpeg, width, height }: ScreencastFrame): void {
    this.frames += 1;
    this.#quietSince = undefined;
    const last = { at, jpeg, width, height, url: this.#text(page.url()) };
    this.#last = last;
    for (const viewer of [...this.#viewers]) this.#tell(viewer, () => viewer.frame(last));
  }

  #tellQuiet(): void {
    if (this.#quietSince !== undefined) return;
    const since = (this.#quietSince = Date.now());
    for (const viewer of [...this.#viewers]) this.#tell(viewer, () => viewer.quiet(since));
  }

  /** One viewer's trouble is not that of the others. */
  #tell(viewer: FrameViewer, what: () => void): void {
    try {
      what();
    } catch (error) {
      this.#log.warn({ error: String(error) }, 'a viewer of pictures failed');
      this.#viewers.delete(viewer);
    }
  }

  /** What was seen last would be old when somebody comes again. */
  #leavePage(): void {
    this.#screencast?.stop();
    this.#screencast = undefined;
    this.#page = undefined;
    this.#last = undefined;
    this.#quietSince = undefined;
  }
}
